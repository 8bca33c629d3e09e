"""Form workbooks: how an appendix looks in Excel. The only writer of form sheets."""
