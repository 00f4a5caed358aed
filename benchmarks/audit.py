"""How long the audit of a form takes beside reading its workbook: ``python benchmarks/audit.py``.

A self-evaluation form with 40 indicators is audited (every owed check, recomputed scores, ledger) after its workbook was
read. The baseline is openpyxl loading the same workbook and touching every cell. Every round is another form (other names,
numbers and reasons), so that nothing is answered from memory but what any two forms share; runs are interleaved, processor
time is taken and the medians are divided. The bar is 20 ms for a form.
"""

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl

from hengjian import desk
from hengjian.audit.run import audit_document

LABELS = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施")
CLASSES = (
    ("产出指标", "数量指标"),
    ("产出指标", "质量指标"),
    ("产出指标", "时效指标"),
    ("效益指标", "社会效益指标"),
    ("满意度指标", "服务对象满意度指标"),
)
BAR = 20.0


def workbook(indicators: int, seed: int) -> bytes:
    """A self-evaluation form with this many indicators; another one for each seed."""
    book = openpyxl.Workbook()
    sheet = book.active
    if sheet is None:
        raise SystemExit("openpyxl made no sheet")
    sheet.append(["项目支出绩效自评表"])
    sheet.append(["（2024年度）"])
    sheet.append(["项目名称", f"第{seed}项干部工作经费", "", "", "主管部门", "云溪县委组织部", "", ""])
    sheet.append(["项目资金（万元）", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"])
    budget, spent = 1000 + seed, 960 + seed
    rate = round(spent / budget * 100, 2)
    sheet.append(["年度资金总额", f"{budget}.00", f"{budget}.00", f"{spent}.00", "10", f"{rate}%", f"{rate / 10:.2f}"])
    sheet.append(LABELS)
    for number in range(indicators):
        first, second = CLASSES[number % len(CLASSES)]
        target, actual = 100 + number + seed, 98 + number + seed
        name = f"第{seed}批第{number}组{'满意度' if second.startswith('服务') else '培训人次'}"
        unit = "人次"
        if second.startswith("服务"):
            target, actual, unit = 90, 88 + seed % 3, "%"
        score = f"{min(1, actual / target) * 2.25:.2f}"
        reason = f"第{number}组因场地改造推迟{seed}天，已列入2025年计划。" if number % 5 == 0 else ""
        sheet.append([first, second, name, f"≥{target}{unit}", f"{actual}{unit}", "2.25", score, reason])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def touched(data: bytes) -> int:
    """What the baseline does: load the workbook and look at every cell."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return sum(cell.value is not None for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)


def seconds(run: Callable[[], object]) -> float:
    """Processor time of one run."""
    start = time.process_time()
    run()
    return time.process_time() - start


def main() -> None:
    """Print the milliseconds and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--indicators", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=15)
    wanted = parser.parse_args()
    ours: list[float] = []
    theirs: list[float] = []
    findings = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(wanted.rounds + 2):
            data = workbook(wanted.indicators, seed)
            path = Path(folder) / f"{seed}.xlsx"
            path.write_bytes(data)
            document = desk.read(path)
            if [len(form.indicators) for form in document.forms] != [wanted.indicators]:
                raise SystemExit("the form was not read as drawn")

            def run(document: desk.Document = document) -> object:
                return audit_document(document.source, document.forms, document.problems)

            spent, base = seconds(run), seconds(lambda data=data: touched(data))  # type: ignore[misc]
            if seed >= 2:  # the first two warm up: word lists, schemes, patterns
                ours.append(spent)
                theirs.append(base)
            findings = len(audit_document(document.source, document.forms, document.problems).findings)
    median, baseline = statistics.median(ours) * 1000, statistics.median(theirs) * 1000
    verdict = "ok" if median <= BAR else "over the bar"
    print(
        f"audit of {wanted.indicators} indicators: {median:.1f} ms ({findings} findings in the last form), bar {BAR:.0f} ms: {verdict}"
    )
    print(f"openpyxl, loading the same workbook: {baseline:.1f} ms; ratio {median / baseline:.2f}")


if __name__ == "__main__":
    main()
