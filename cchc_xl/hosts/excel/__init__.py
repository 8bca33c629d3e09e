"""The toolkit inside Excel, through xlwings: what the buttons do with the open workbook."""
