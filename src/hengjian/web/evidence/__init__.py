"""Documents that are taken in, and files behind the numbers."""
