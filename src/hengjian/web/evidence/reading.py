"""Starting the reader: a document gets a process of its own and a time limit, so that no file can hang or break the worker."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

LIMIT: Final = 300.0  # seconds for one document: only scans of many pages come near it
_PAUSE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of reading: the document and its original, or why there is none."""

    document: dict[str, Any] | None = None
    original: dict[str, Any] | None = None
    message: str = ""


def read_apart(
    path: Path, name: str, *, beat: Callable[[], bool], every: float, limit: float = LIMIT, hidden: bool = False
) -> Outcome:
    """Read a document in a process of its own.

    ``beat`` is called every few seconds while it runs and says whether to go on (another worker may have taken over).
    """
    with tempfile.TemporaryDirectory(prefix="hengjian-intake-") as folder:
        result = Path(folder) / "result.json"
        command = [
            sys.executable,
            "-m",
            "hengjian.web.evidence.reader",
            str(path),
            name,
            str(result),
            *(["hidden"] if hidden else []),
        ]
        # Its own session: what it starts itself (an office program) ends with it. Its input closes when we die.
        process = subprocess.Popen(  # noqa: S603 - our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            ended = _waited(process, beat, every, limit)
        finally:
            _end(process)
        if ended is None:
            return Outcome(message=_too_long(name, limit))
        if not result.exists():
            return Outcome(
                message=f"读取“{name}”时程序意外终止（可能内存不足），没有读完。请拆分文件，或另存为其他格式后再试。"
            )
        answer = json.loads(result.read_text(encoding="utf-8"))
        return Outcome(answer["document"], answer["original"])


def _waited(process: subprocess.Popen[bytes], beat: Callable[[], bool], every: float, limit: float) -> int | None:
    """The exit status, None where it had to be stopped."""
    start = last = time.monotonic()
    while (status := process.poll()) is None:
        now = time.monotonic()
        if now - start > limit:
            return None
        if now - last >= every:
            last = now
            if not beat():
                return None
        time.sleep(_PAUSE)
    return status


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop it and all it has started."""
    if os.name != "nt":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _too_long(name: str, limit: float) -> str:
    return f"“{name}”读了 {limit / 60:.0f} 分钟还没有读完，已停止。请只保留有绩效表的页后再上传；扫描件请降低分辨率（200 DPI 即可）。"
