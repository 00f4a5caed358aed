"""Results for people: terminal table, HTML page, workbook, working paper."""
