"""How fast the command answers: ``python benchmarks/start.py [--runs 30]``.

Runs ``hengjian --help`` and ``python -c pass`` in turn and divides the medians; the bar is 2.5.
"""

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

BAR = 2.5


def seconds(command: list[str]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def medians(runs: int) -> tuple[float, float]:
    """Median seconds of ``hengjian --help`` and of an empty Python, interleaved."""
    tool = [str(Path(sys.executable).with_name("hengjian")), "--help"]
    empty = [sys.executable, "-c", "pass"]
    seconds(tool), seconds(empty)  # caches of compiled modules
    pairs = [(seconds(tool), seconds(empty)) for _ in range(runs)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def main() -> None:
    """Print both medians and their ratio."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--runs", type=int, default=30)
    ours, empty = medians(arguments.parse_args().runs)
    print(
        f"hengjian --help {ours * 1000:.1f} ms, python -c pass {empty * 1000:.1f} ms, ratio {ours / empty:.2f} (bar {BAR})"
    )


if __name__ == "__main__":
    main()
