"""SQLite for many writers of one process: they queue for their turn. The engine is ``base`` (Django asks for that name)."""
