"""Which kind of rule it is, and what rules of grades, lists, counts, parts, words and gates mean."""
