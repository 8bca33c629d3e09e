"""The toolkit inside LibreOffice Calc: an xlwings engine, so that the handlers of the buttons work there as in Excel.

LibreOffice brings its own, often older Python, and only that one can reach its documents. So the extension
(``macros/calc``) starts this package once as a process of the private Python, tells it which button was clicked, and
does on the documents what it asks for: lines of JSON over standard input and output.
"""
