"""What a rule over one number means in its row."""
