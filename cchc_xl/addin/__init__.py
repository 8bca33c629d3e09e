"""Builds the Excel add-in and the workbooks with buttons from the plain sources in ``macros/``. Build time only."""
