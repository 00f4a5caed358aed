"""Writing files so that a killed process leaves either the old file or the new one, never half of one."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def draft(path: Path) -> Iterator[Path]:
    """A new file beside ``path`` to write to; it takes the name of ``path`` when the block ends without an exception.

    Raises ``OSError`` with the name of ``path`` when it cannot be written: before the block where that can be known, so
    that nobody waits for a report that has no place to go. A pipe or a device is written to directly.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        yield path
        return
    temporary = _beside(path)
    try:
        yield temporary
        _settle(temporary, path.resolve())  # what a link points to is written, the link stays
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _beside(path: Path) -> Path:
    """An empty file in the same folder whose name begins with a point."""
    try:
        if path.exists():
            # A folder, a file without leave to write, a file held open by an office program: all refuse this.
            path.open("r+b").close()
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}-", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from error
    os.close(handle)
    return Path(name)


def _settle(temporary: Path, path: Path) -> None:
    # mkstemp makes private files; a report is an ordinary one and keeps the permissions of the one it replaces.
    if path.exists():
        shutil.copymode(path, temporary)
    else:
        temporary.chmod(0o644)
    with temporary.open("r+b") as file:
        os.fsync(file.fileno())  # the new name must not be on the disk before the content
    try:
        temporary.replace(path)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from error
