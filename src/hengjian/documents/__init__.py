"""File formats to layouts: recognise by content, read, and say what could not be read."""
