"""Pages of the library: indicators (search as you type, workbook in and out), regulations, scoring schemes."""

import tempfile
from datetime import date
from importlib.resources import files
from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from hengjian import desk
from hengjian.web.library import actions
from hengjian.web.library.models import LibraryIndicator, Regulation, SchemeFile
from hengjian.web.people.access import NOT_FOUND, user_of
from hengjian.web.projects.exporting import download

PAGE = 120


def indicators(request: HttpRequest) -> HttpResponse:
    """The indicators; search and class filter."""
    user = user_of(request)
    words, level1 = request.GET.get("q", "").strip()[:60], request.GET.get("level1", "")
    found = LibraryIndicator.objects.filter(active=True).matching(words).counted()
    if level1:
        found = found.filter(level1=level1)
    context = {
        "indicators": list(found[:PAGE]),
        "q": words,
        "level1": level1,
        "classes": LibraryIndicator.objects.order_by("level1").values_list("level1", flat=True).distinct(),
        "may_keep": bool(user.roles & actions.KEEPERS),
    }
    part = "#rows" if request.headers.get("HX-Request") else ""
    return render(request, f"library/indicators.html{part}", context)


def indicator(request: HttpRequest, pk: int) -> HttpResponse:
    """One indicator with everything known of it, and what its rule means."""
    user_of(request)
    found = LibraryIndicator.objects.counted().filter(pk=pk).first()
    if found is None:
        raise Http404(NOT_FOUND)
    told = None
    if found.rule and found.target:  # without a target "达到目标值" means nothing yet
        context = desk.Context(
            indicator=found.name,
            target=found.target.split("；")[0],
            weight="10",
            level1=found.level1,
            level2=found.level2,
        )
        told = desk.explain_rule(found.rule, context, scheme=desk.load_scheme(desk.DEFAULT_SCHEME))
    return render(request, "library/indicator.html", {"indicator": found, "told": told})


def workbook(request: HttpRequest) -> HttpResponse:
    """The library as a workbook."""
    user_of(request)
    with tempfile.TemporaryDirectory(prefix="hengjian-") as folder:
        path = Path(folder) / "library.xlsx"
        desk.write_library([one.value for one in LibraryIndicator.objects.filter(active=True)], path)
        return download(path.read_bytes(), "xlsx", "绩效指标库")


@require_POST
def take_in(request: HttpRequest) -> HttpResponse:
    """Take in a workbook; what is wrong with it is told by sheet, row and column, and nothing is taken in then."""
    user = user_of(request)
    given = request.FILES.get("file")
    if given is None or (given.size or 0) > 10 * 1024 * 1024:
        messages.error(request, "请选择一个不超过 10 MB 的 Excel 文件。")
        return redirect("library:indicators")
    with tempfile.TemporaryDirectory(prefix="hengjian-") as folder:
        path = Path(folder) / "library.xlsx"
        with path.open("wb") as out:
            out.writelines(given.chunks())
        entries, problems = desk.read_library(path)
    try:
        if problems:
            for problem in problems[:10]:
                messages.error(request, problem.message)
            raise actions.Refused(f"共 {len(problems)} 处问题，没有导入。请改正后再导入。")
        if not entries:
            raise actions.Refused("文件里没有指标。")
        added, changed = actions.take_in(entries, by=user)
        messages.success(
            request, f"导入完成：新增 {added} 个，修改 {changed} 个，其余 {len(entries) - added - changed} 个没有变化。"
        )
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect("library:indicators")


def regulations(request: HttpRequest) -> HttpResponse:
    """The regulations, and which are in force on a day."""
    user_of(request)
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        day = timezone.localdate()
    rows = [(one, one.in_force(day)) for one in Regulation.objects.all()]
    return render(request, "library/regulations.html", {"rows": rows, "day": day})


def schemes(request: HttpRequest) -> HttpResponse:
    """The scoring schemes: those that come with the program and the installation's own; keepers may add one."""
    user = user_of(request)
    given = {"name": request.POST.get("name", ""), "text": request.POST.get("text", "")}
    if request.method == "POST":
        try:
            actions.keep_scheme(name=given["name"].strip(), text=given["text"], by=user)
            messages.success(request, "方案已保存。")
            return redirect("library:schemes")
        except actions.Refused as refused:
            messages.error(request, str(refused))
    context = {
        "shipped": [(name, desk.load_scheme(name).title) for name in desk.schemes()],
        "own": SchemeFile.objects.all(),
        "may_keep": bool(user.roles & actions.KEEPERS),
        "given": given,
    }
    return render(request, "library/schemes.html", context)


def scheme(request: HttpRequest, name: str) -> HttpResponse:
    """The text of a scheme."""
    user_of(request)
    own = SchemeFile.objects.filter(name=name).first()
    if own is not None:
        title, text = own.title, own.text
    elif name in desk.schemes():
        title = desk.load_scheme(name).title
        text = files("hengjian.schemes").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    else:
        raise Http404(NOT_FOUND)
    return render(request, "library/scheme.html", {"name": name, "title": title, "text": text})
