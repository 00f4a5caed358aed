"""Tests that are hard on the site: killed, crowded."""
