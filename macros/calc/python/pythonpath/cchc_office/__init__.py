"""Inside LibreOffice: starts the private Python once and does on the open workbooks what it asks for."""
