"""Running the installed command the way a user does."""

import os
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
SAMPLES = HOUSE / "samples" / "documents"
TOOL = str(Path(sys.executable).with_name("hengjian.exe" if os.name == "nt" else "hengjian"))
# Reading a scan takes as long as all other samples together; it has tests of its own.
DOCUMENTS = sorted(path for path in SAMPLES.iterdir() if "扫描件" not in path.name)


def sample(start: str) -> Path:
    """The sample whose name begins so."""
    return next(path for path in DOCUMENTS if path.name.startswith(start))


def run(
    *arguments: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``hengjian`` with both outputs captured."""
    return subprocess.run(
        [TOOL, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, **(env or {})},
        timeout=200,
        check=False,
    )
