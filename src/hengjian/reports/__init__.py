"""Results for people: terminal table, HTML page, workbook, working paper."""


class TypesetError(ValueError):
    """Why a form cannot be set in this format; the message is for the user."""
