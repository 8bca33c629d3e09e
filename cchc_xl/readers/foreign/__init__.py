"""Files that are none of our workbooks → plain tables: what stands in which cell, and nothing about its meaning."""
