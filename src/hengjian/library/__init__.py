"""What offices look up before they fill in a form: usual indicators, regulations, the calendar of a budget year.

All of it is data with sources (``*.toml`` beside the code): a finance bureau edits files, nobody edits code. A library of
one's own is a workbook: ``book`` says what its rows mean.
"""
