"""What is printed: productions over the tokens of a rule. Nothing here knows the target or the weight."""
