"""Forms and rules as data: ``README.md`` describes the files, ``model`` the types, ``load`` the loader."""
