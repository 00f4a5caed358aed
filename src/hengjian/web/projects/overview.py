"""The leader's page: how far the forms are, execution against completion, classes, scores, defects; down to each row."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hengjian import desk
from hengjian.web.people.access import user_of
from hengjian.web.people.models import Body, User
from hengjian.web.people.policy import may
from hengjian.web.projects.access import NOT_FOUND
from hengjian.web.projects.content import LIKELIHOODS
from hengjian.web.projects.models import Defect, Sheet, Stage, State, Tally
from hengjian.web.projects.tallying import ancestors

POINTS = 300  # more dots than that say less than a grid
FAR_APART = 12
BANDS = ((90, "优（90 分及以上）"), (80, "良（80—90 分）"), (60, "中（60—80 分）"), (0, "差（60 分以下）"))


def body_seen(user: User, pk: str) -> Body:
    """The body whose overview is asked for, the topmost of the user's where none is given. Raises ``Http404``."""
    if pk.isdecimal() and len(pk) < 19:
        body = Body.objects.filter(pk=int(pk)).first()
        if body is None or not may(user, "view", body):
            raise Http404(NOT_FOUND)
        return body
    top = min((path for _, path in user.scopes), key=len, default="")
    body = Body.objects.filter(path=top).first() if top else None
    if body is None:
        raise Http404(NOT_FOUND)
    return body


@dataclass(frozen=True, slots=True)
class Line:
    """The sums of one body."""

    body: Body
    counts: Mapping[str, Decimal]

    def get(self, name: str) -> Decimal:
        """A sum, 0 where there is none."""
        return self.counts.get(name, Decimal(0))

    @property
    def sheets(self) -> int:
        """All sheets."""
        return int(self.get("sheets"))

    @property
    def submitted(self) -> int:
        """Sheets submitted at least once."""
        return int(self.get("submitted"))

    @property
    def approved(self) -> int:
        """Approved sheets."""
        return int(self.get(f"state:{State.APPROVED}"))

    @property
    def budget(self) -> Decimal:
        """Yuan."""
        return self.get("budget")

    @property
    def executed(self) -> Decimal:
        """Yuan."""
        return self.get("executed")

    @property
    def rate(self) -> Decimal | None:
        """Execution: spent over budget of all (never a mean of rates)."""
        return self.executed / self.budget if self.budget else None

    @property
    def mean(self) -> Decimal | None:
        """Mean score of the scored sheets."""
        return self.get("score") / self.get("scored") if self.get("scored") else None

    @property
    def findings(self) -> int:
        """Errors and warnings of all sheets."""
        return int(sum(value for name, value in self.counts.items() if name.startswith("code:")))

    def under(self, prefix: str) -> dict[str, Decimal]:
        """The sums whose name starts so, without that start."""
        return {name.removeprefix(prefix): value for name, value in self.counts.items() if name.startswith(prefix)}


def _lines(bodies: list[Body], year: int, stage: str) -> list[Line]:
    tallies = Tally.objects.filter(body__in=bodies, year=year, stage=stage)
    counts = {one.body_id: {name: Decimal(value) for name, value in one.counts.items()} for one in tallies}
    return [Line(body, counts.get(body.pk, {})) for body in bodies]


def overview(request: HttpRequest) -> HttpResponse:
    """The overview of a body, a year and a stage."""
    user = user_of(request)
    body = body_seen(user, request.GET.get("body", ""))
    year, stage, years = _chosen(request, body)
    children = list(Body.objects.filter(parent=body).order_by("code")[:500])
    own, *below = _lines([body, *children], year, stage)
    context: dict[str, Any] = {
        "own": own,
        "below": [line for line in below if line.sheets] or below[:20],
        "year": year,
        "years": years,
        "stage": stage,
        "stages": Stage.choices,
        "scored": Stage(stage).scored,
        "states": [(State(state).label, int(number)) for state, number in own.under("state:").items()],
        "classes": _classes(own),
        "bands": [(label, int(own.get(f"band:{low}"))) for low, label in BANDS],
        "codes": _codes(own),
        "spent": stage != Stage.DECLARATION,
        "outlook": [(name, int(own.get(f"outlook:{name}"))) for name in (*LIKELIHOODS, "其他")],
        "upward": [
            one for one in Body.objects.filter(pk__in=ancestors(body.path)).order_by("path") if may(user, "view", one)
        ],
    }
    if context["scored"]:
        context |= _scatter(body, own, year, stage)
    context["charts"] = _charts(context)
    return render(request, "projects/overview.html", context)


def _chosen(request: HttpRequest, body: Body) -> tuple[int, str, list[int]]:
    """The year and the stage asked for; what is left open is chosen so that there is something to see, the latest first.

    Submitted self-evaluations come before all else. Also the years that have any form, the latest first.
    """
    tallies = Tally.objects.filter(body=body).values_list("year", "stage", "counts")
    held = [(y, s, counts.get("submitted", "0") != "0") for y, s, counts in tallies if counts.get("sheets", "0") != "0"]
    given, stage = request.GET.get("year", ""), request.GET.get("stage", "")
    year = int(given) if given.isdecimal() and len(given) == 4 else None
    fitting = [one for one in held if year in (None, one[0]) and (stage not in Stage.values or stage == one[1])]
    best = max(fitting, key=lambda one: (one[2] and one[1] == Stage.SELF_EVALUATION, one[0], one[2]), default=None)
    years = sorted({one[0] for one in held}, reverse=True)
    fallback = best or (years[0] if years else timezone.localdate().year, Stage.SELF_EVALUATION.value)
    chosen = year or fallback[0]
    return chosen, stage if stage in Stage.values else fallback[1], sorted({*years, chosen}, reverse=True)


def _classes(own: Line) -> list[tuple[str, Decimal]]:
    """Share of the points earned in each first-level class."""
    weights = own.under("weight:")
    return [(name, earned / weights[name]) for name, earned in own.under("earned:").items() if weights.get(name)]


def _codes(own: Line) -> list[tuple[str, str, int]]:
    titles = desk.check_titles()
    found = sorted(own.under("code:").items(), key=lambda item: (-item[1], item[0]))
    return [(code, titles.get(code, ""), int(number)) for code, number in found]


def _scatter(body: Body, own: Line, year: int, stage: str) -> dict[str, Any]:
    """Dots for few sheets, a grid for many; and the sheets whose spending and completion lie furthest apart."""
    sheets = Sheet.objects.filter(path__startswith=body.path, year=year, stage=stage, gap__isnull=False)
    apart = list(sheets.select_related("project", "project__body").order_by("-gap", "pk")[:FAR_APART])
    if own.get("scored") > POINTS:
        return {"apart": apart, "grid": own.under("grid:"), "dots": []}
    dots = sheets.values_list("pk", "project__name", "executed", "budget", "completion").order_by("pk")[:POINTS]
    return {"apart": apart, "grid": {}, "dots": list(dots)}


def _charts(context: Mapping[str, Any]) -> dict[str, Any]:
    """What the script draws; every number of it stands in a table of the page, too."""
    dots = [
        {"sheet": pk, "name": name, "at": [float(executed / budget * 100), float(completion * 100)]}
        for pk, name, executed, budget, completion in context.get("dots", ())
    ]
    grid = [[*map(int, cell.split(":")), int(number)] for cell, number in context.get("grid", {}).items()]
    return {
        "dots": dots,
        "grid": grid,
        "classes": [[name, round(float(share * 100), 1)] for name, share in context["classes"]],
        "bands": [[label, number] for label, number in context["bands"]],
        "codes": [[code, number] for code, _, number in context["codes"][:12]],
    }


def defects(request: HttpRequest, code: str) -> HttpResponse:
    """The sheets of a body that have a finding of a code, the latest first, each with its rows."""
    user = user_of(request)
    body = body_seen(user, request.GET.get("body", ""))
    titles = desk.check_titles()
    if code not in titles:
        raise Http404(NOT_FOUND)
    sheets = Sheet.objects.filter(path__startswith=body.path, pk__in=Defect.objects.filter(code=code).values("sheet"))
    sheets = sheets.select_related("project", "project__body").order_by("-pk")
    found = list(sheets[:51])
    context = {"body": body, "code": code, "title": titles[code], "sheets": found[:50], "more": len(found) > 50}
    return render(request, "projects/defects.html", context)
