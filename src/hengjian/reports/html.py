"""The HTML report: one self-contained page that opens offline, prints on A4 and works with the keyboard alone.

Documents are drawn as they come and kept in a file, so that a thousand of them need no more memory than one; the summary
stands before them.
"""

import shutil
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import IO, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from hengjian import __version__
from hengjian.audit.case import Audit
from hengjian.reports.summary import KIND_TITLES, LEVEL_TITLES, OUTCOME_TITLES, Summary
from hengjian.reports.view import form_view
from hengjian.values.finding import Certainty, Finding, Level

# Above this many documents only rows with findings get a curve-free detail, or the page grows beyond what browsers like.
MANY = 60


class HtmlWriter:
    """Collects drawn documents and writes the page when it is closed."""

    def __init__(self, path: Path, *, titles: dict[str, str], expected: int = 1) -> None:
        """Write to ``path``. ``titles`` are the titles of the checks by code; ``expected`` documents will come."""
        self._path = path
        self._titles = titles
        self._curves = expected <= MANY
        self._summary = Summary()
        self._spool: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed in close()

    def add(self, audit: Audit) -> None:
        """Draw one document."""
        self._summary.add(audit)
        views = [form_view(audit, index, curves=self._curves) for index in range(len(audit.forms))]
        drawn = (
            templates()
            .get_template("document.html")
            .render(
                number=self._summary.documents,
                source=audit.source,
                problems=audit.problems,
                views=views,
                loose=[finding for finding in audit.findings if finding.form is None],
            )
        )
        self._spool.write(drawn)

    def close(self) -> None:
        """Write summary and documents into one page."""
        page = templates().get_template("report.html")
        total = self._summary
        codes = [(code, count, self._titles.get(code, "")) for code, count in total.by_code.most_common()]
        head, tail = page.render(
            summary=total,
            codes=codes,
            most=max((count for _, count, _ in codes), default=1),
            levels=[(level.value, LEVEL_TITLES[level], total.by_level[level]) for level in Level],
            outcomes=[(OUTCOME_TITLES[outcome], count) for outcome, count in sorted(total.ledger.items())],
            distribution=total.distribution(),
            kinds=KIND_TITLES,
            style=_asset("report.css"),
            script=_asset("report.js"),
            version=__version__,
            documents="\0",
        ).split("\0")
        self._spool.seek(0)
        with self._path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(head)
            shutil.copyfileobj(self._spool, file)
            file.write(tail)
        self._spool.close()


def mark(finding: Finding) -> str:
    """The word in front of a finding."""
    return "疑似" if finding.kind is Certainty.HEURISTIC else LEVEL_TITLES[finding.level]


def group(finding: Finding) -> str:
    """The filter a finding answers to: E, W, I, or H for suspicions."""
    return "H" if finding.kind is Certainty.HEURISTIC else finding.level.value


def names(finding: Finding) -> str:
    """The rows a finding is about, in words."""
    if finding.indicator is None:
        return ""
    rows = (finding.indicator,) if isinstance(finding.indicator, str) else finding.indicator
    return "、".join(rows)


@cache
def templates() -> Environment:
    """The page templates, with automatic escaping: a printed text can never become markup."""
    loader = PackageLoader("hengjian.reports", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    filters: dict[str, Any] = {"mark": mark, "group": group, "names": names}
    environment.filters.update(filters)
    return environment


@cache
def _asset(name: str) -> str:
    return files("hengjian.reports").joinpath("templates", name).read_text(encoding="utf-8")
