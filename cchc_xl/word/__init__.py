"""The appendices of a workbook as a Word document, laid out as the workbook prints them."""
