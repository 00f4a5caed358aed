"""Projects and the forms of each stage: declaring, reviewing, freezing, self-evaluating."""
