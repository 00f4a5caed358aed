"""What a form is, and how a layout of lines and grids becomes forms."""
