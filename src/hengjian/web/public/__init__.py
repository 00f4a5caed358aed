"""What is disclosed: pages that anyone may read without an account."""
