"""Results for people and programs: JSON, text for the terminal, a report workbook."""
