"""Reads one document in a process of its own: ``python -m hengjian.web.evidence.reader FILE NAME RESULT [hidden]``.

It knows no database. It writes one JSON file, ``{"document": …, "original": …}``, whole or not at all, and ends when the
process that started it is gone (its standard input closes).
"""

import json
import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from hengjian import desk


def read(path: Path, name: str, *, hidden: bool = False) -> dict[str, Any]:
    """The document with its forms, each value with its spot in the original; and the original to look at."""
    with tempfile.TemporaryDirectory(prefix="hengjian-read-") as folder:
        named = Path(folder) / _short(name)  # messages name the file, and an extension that lies is told
        shutil.copyfile(path, named)
        document, shown = desk.read_beside(named, hidden=hidden)
    told = desk.document_json(document, places=True)
    told["forms"] = [desk.form_beside(form, shown) for form in document.forms]
    told["source"]["name"] = name
    return {"document": told, "original": desk.original_json(shown)}


def _short(name: str) -> str:
    """A name that every file system takes (255 bytes)."""
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = name, "", ""
    return stem.encode("utf-8")[:180].decode("utf-8", "ignore") + dot + ending


def _watch() -> None:
    """Wait for the end of the one who started us, then end with all that we started."""
    os.read(sys.stdin.fileno(), 1)  # not the buffered reader: its lock would outlive the program
    if os.name != "nt" and os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(3)


def main(path: str, name: str, result: str, hidden: str = "") -> None:
    """Read, and leave the answer."""
    threading.Thread(target=_watch, daemon=True).start()
    answer = json.dumps(read(Path(path), name, hidden=bool(hidden)), ensure_ascii=False)
    draft = Path(result + ".draft")
    draft.write_text(answer, encoding="utf-8")
    os.replace(draft, result)


if __name__ == "__main__":
    main(*sys.argv[1:5])
