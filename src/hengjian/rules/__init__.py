"""The rule language: printed scoring rules in, exact functions out."""
