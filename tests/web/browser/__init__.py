"""Browser tests of the site."""
