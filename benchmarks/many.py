"""How a thousand files go through: ``python benchmarks/many.py [--files 1000] [--jobs 2]``.

Makes small self-evaluation workbooks with random numbers, some of them wrong, and runs ``hengjian audit`` over the folder
into JSON, HTML and xlsx. For each it prints seconds, files a second, the highest resident memory of the command and of its
workers, and how much memory grew between the hundredth file and the last; the bar is 1.1. A JSON report is checked to
hold every file once and in order. Linux only (it reads /proc and watches the progress bar through a pseudo-terminal).
"""

import argparse
import json
import os
import pty
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import Workbook

BAR = 1.1
PLACES = ("云溪县", "临澜市", "青屿区", "松栖县", "远汀区")
WORKS = ("干部教育培训", "人才服务保障", "村级组织运转", "档案数字化", "党建阵地建设", "老干部服务")
LEVELS = (
    ("产出指标", "数量指标"),
    ("产出指标", "质量指标"),
    ("效益指标", "社会效益指标"),
    ("满意度指标", "服务对象满意度指标"),
)
HEADS = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施")


def workbook(path: Path, chance: random.Random) -> None:
    """One self-evaluation form; in one of three a score, a sum or a reason is wrong."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise SystemExit("openpyxl made no sheet")
    sheet.title = "自评表"
    budget = chance.randint(40, 900)
    spent = round(budget * chance.uniform(0.7, 1), 2)
    fund = round(min(1.0, spent / budget) * 10 + 1e-9, 2)
    sheet.append([f"项目支出绩效自评表（{chance.randint(2021, 2024)}年度）"])
    sheet.append(["项目名称", f"{chance.choice(WORKS)}经费{path.stem}"])
    sheet.append(
        ["主管部门", f"中共{chance.choice(PLACES)}委组织部", "", "实施单位", f"{chance.choice(PLACES)}干部服务中心"]
    )
    sheet.append(["项目资金（万元）", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"])
    sheet.append(["年度资金总额", budget, budget, spent, 10, f"{spent / budget:.2%}", fund])
    sheet.append(HEADS)
    total = fund
    rows = chance.randint(6, 10)
    weights = [90 // rows] * (rows - 1)
    weights.append(90 - sum(weights))
    for number, weight in enumerate(weights):
        level1, level2 = LEVELS[min(number * len(LEVELS) // rows, len(LEVELS) - 1)]
        goal = chance.randint(20, 400)
        done = goal if chance.random() < 0.7 else chance.randint(goal // 2, goal)
        score = round(min(1.0, done / goal) * weight + 1e-9, 2)
        if chance.random() < 0.04:
            score = max(0, score - 1.5)
        total += score
        reason = "场地改造推迟一期，已列入下年计划，三月底前补办。" if done < goal and chance.random() < 0.9 else ""
        sheet.append(
            [level1, level2, f"第{number + 1}项服务人次", f"≥{goal}人次", f"{done}人次", weight, score, reason]
        )
    sheet.append(["总分", "", "", "", "", 100, round(total, 2) if chance.random() < 0.9 else 100])
    book.save(path)


def make(folder: Path, files: int, seed: int = 7) -> list[Path]:
    """``files`` workbooks in a folder, in the order of their names."""
    chance = random.Random(seed)  # noqa: S311 - numbers for a benchmark
    paths = [folder / f"{number:04d}.xlsx" for number in range(1, files + 1)]
    for path in paths:
        workbook(path, chance)
    return paths


@dataclass
class Watch:
    """What was seen of a run: (files done, kilobytes of the command, kilobytes of all its workers) over time."""

    seconds: float = 0.0
    seen: list[tuple[int, int, int]] = field(default_factory=list)
    status: int = 0
    screen: str = ""  # what the progress bar wrote

    def peaks(self) -> tuple[int, int]:
        """The highest resident memory of the command and of its workers together, in kilobytes."""
        return max((s[1] for s in self.seen), default=0), max((s[2] for s in self.seen), default=0)

    def growth(self, early: int) -> float:
        """Memory of all processes over the last tenth of the run, divided by that just after ``early`` files (medians)."""
        last = max((s[0] for s in self.seen), default=0)
        window = max(5, last // 10)
        first = sorted(s[1] + s[2] for s in self.seen if early <= s[0] < early + window)
        end = sorted(s[1] + s[2] for s in self.seen if s[0] >= last - window and s[2])
        return end[len(end) // 2] / first[len(first) // 2] if first and end else float("nan")


def _resident(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) if found else 0


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text(encoding="utf-8").split()]
    except OSError:
        return []


def _family(pid: int) -> list[int]:
    """The processes below one, without itself."""
    found = []
    for child in _children(pid):
        found += [child, *_family(child)]
    return found


def watch(command: list[str], stdout: Path | None = None) -> Watch:
    """Run a command with its progress bar on a pseudo-terminal and watch its memory."""
    result = Watch()
    near, far = pty.openpty()
    start = time.perf_counter()
    with open(stdout or os.devnull, "wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=far, env={**os.environ, "COLUMNS": "100"})
    os.close(far)
    done = 0
    shown = bytearray()

    def follow() -> None:
        nonlocal done
        while True:
            try:
                chunk = os.read(near, 4096)
            except OSError:
                return
            if not chunk:
                return
            shown.extend(chunk)
            for number in re.findall(rb"(\d+)/\d+", chunk):
                done = max(done, int(number))

    reader = threading.Thread(target=follow, daemon=True)
    reader.start()
    while process.poll() is None:
        result.seen.append((done, _resident(process.pid), sum(_resident(pid) for pid in _family(process.pid))))
        time.sleep(0.1)
    result.seconds = time.perf_counter() - start
    result.status = process.returncode
    reader.join(timeout=2)
    os.close(near)
    result.screen = shown.decode("utf-8", "replace")
    return result


def main() -> None:
    """Make the files and print one line for each format."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else "")
    arguments.add_argument("--files", type=int, default=1000)
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--formats", default="json,html,xlsx")
    chosen = arguments.parse_args()
    tool = Path(sys.executable).with_name("hengjian")
    early = min(100, chosen.files // 4)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "in"
        folder.mkdir()
        start = time.perf_counter()
        paths = make(folder, chosen.files)
        print(f"made {len(paths)} workbooks in {time.perf_counter() - start:.0f} s")
        print("format  seconds  files/s  command MB  workers MB  growth   report MB")
        for form in chosen.formats.split(","):
            output = Path(name) / f"report.{form}"
            told = watch(
                [str(tool), "audit", str(folder), "--jobs", str(chosen.jobs), "--format", form, "-o", str(output)]
            )
            own, workers = told.peaks()
            growth = told.growth(early)
            print(
                f"{form:6} {told.seconds:8.1f} {chosen.files / told.seconds:8.1f} {own / 1024:11.0f} "
                f"{workers / 1024:11.0f} {growth:7.2f}{' ' if growth <= BAR else '!'} "
                f"{output.stat().st_size / 1e6:10.1f}{'' if told.status == 0 else f'  status {told.status}'}"
            )
            if form == "json":
                names = [d["source"]["name"] for d in json.loads(output.read_text(encoding="utf-8"))["documents"]]
                if names != [path.name for path in paths]:
                    raise SystemExit("files are missing or out of order")


if __name__ == "__main__":
    main()
