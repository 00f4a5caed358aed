"""What many projects share: indicators, regulations with their validity, scoring schemes."""
