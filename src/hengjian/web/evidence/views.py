"""Pages of dropped documents: drop, watch them being read, compare with the original, mend, confirm."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from hengjian import desk
from hengjian.web.evidence import actions, files
from hengjian.web.evidence.access import form_for, intake_for
from hengjian.web.evidence.confirming import Mends, mended_rows, mends_from, sheet_of
from hengjian.web.evidence.models import FormState, Intake, IntakeForm, IntakeState
from hengjian.web.evidence.showing import original_of
from hengjian.web.journal.models import Event
from hengjian.web.journal.telling import told
from hengjian.web.people.access import user_of
from hengjian.web.people.models import Body, BodyKind, Role, User, covered
from hengjian.web.people.policy import may
from hengjian.web.projects.access import NOT_FOUND, project_for, sheet_for
from hengjian.web.projects.actions import Refused
from hengjian.web.projects.comparing import differences, keeping_keys
from hengjian.web.projects.models import OPEN, Project, Sheet, Stage, new_key, stage_of
from hengjian.web.projects.valuing import rows_data

PAGE = 30
PICTURE_WIDTH = 1100  # pixels; a page beside the form is half a screen wide, on dense screens twice the points


# --- dropping and the list ----------------------------------------------------------------------------------------------


def intakes(request: HttpRequest) -> HttpResponse:
    """Drop documents, and see how far those dropped are."""
    user = user_of(request)
    if request.method == "POST":
        return _dropped(request, user)
    before = request.GET.get("before", "")
    found = Intake.objects.visible_to(user).listed().order_by("-pk")
    if before.isdecimal() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    listed = list(found[: PAGE + 1])
    context = {
        "intakes": listed[:PAGE],
        "more": listed[PAGE - 1].pk if len(listed) > PAGE else None,
        "busy": any(intake.under_way for intake in listed),
        "before": before,
        "bodies": _units(user),
        "limit": settings.UPLOAD_LIMIT // (1024 * 1024),
        "limit_bytes": settings.UPLOAD_LIMIT,
        "count": settings.UPLOAD_FILES,
    }
    return render(
        request, "evidence/intakes.html#rows" if request.headers.get("HX-Request") else "evidence/intakes.html", context
    )


def _units(user: User) -> list[Body]:
    """The units the user fills in for."""
    units = Body.objects.filter(covered(user, "path", Role.CLERK), kind=BodyKind.UNIT, active=True)
    return list(units.order_by("code")[:200])


def _dropped(request: HttpRequest, user: User) -> HttpResponse:
    """Take every file for itself: what one lacks does not hold up the others."""
    wanted = request.POST.get("body", "")
    units = _units(user)
    only = units[0] if len(units) == 1 and not wanted else None
    body = next((one for one in units if str(one.pk) == wanted), only)
    answers: list[dict[str, Any]]
    if body is None:
        answers = [{"name": "", "ok": False, "message": "请先选择文件所属的单位（须是您经办的单位）。"}]
    else:
        uploads = request.FILES.getlist("files")
        answers = [_take(upload, body, user) for upload in uploads[: settings.UPLOAD_FILES]]
        answers += [
            {"name": files.clean_name(one.name or ""), "ok": False, "message": _too_many(one)}
            for one in uploads[settings.UPLOAD_FILES :]
        ]
        answers += [
            {"name": name, "ok": False, "message": files.limit_message(name)} for name in files.too_big(request)
        ]
        answers = answers or [{"name": "", "ok": False, "message": "没有选择文件，或文件名无效。请重新选择。"}]
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"files": answers}, json_dumps_params={"ensure_ascii": False})
    if len(answers) == 1 and answers[0].get("known"):
        messages.warning(request, answers[0]["message"])
        return redirect(answers[0]["url"])
    taken = [answer for answer in answers if answer["ok"]]
    if taken:
        messages.success(request, f"收到 {len(taken)} 份文件，正在后台读取。")
    for answer in answers:
        if not answer["ok"]:
            messages.error(request, answer["message"])
    return redirect("evidence:intakes")


def _take(upload: "UploadedFile[bytes]", body: Body, user: User) -> dict[str, Any]:
    name = files.clean_name(upload.name or "")
    try:
        made = actions.take_in(files.document(upload), body=body, by=user)
    except actions.Known as known:
        former = known.former.get_absolute_url()
        return {"name": name, "ok": False, "message": str(known), "url": former, "known": True}
    except (files.Unfit, Refused) as refused:
        return {"name": name, "ok": False, "message": str(refused)}
    return {"name": name, "ok": True, "message": "已收到，排队读取", "url": made.get_absolute_url()}


def _too_many(upload: "UploadedFile[bytes]") -> str:
    name = files.clean_name(upload.name or "")
    return f"一次最多 {settings.UPLOAD_FILES} 份文件，“{name}”没有收，请分几次上传。"


# --- one document -------------------------------------------------------------------------------------------------------


@require_safe
def intake(request: HttpRequest, pk: int) -> HttpResponse:
    """One document: being read, not readable, its forms to choose from, or what became of it."""
    user = user_of(request)
    found = intake_for(user, pk)
    forms = list(found.forms.select_related("sheet__project"))
    open_forms = [form for form in forms if form.is_open]
    if found.state == IntakeState.READ and len(forms) == 1:
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": forms[0].get_absolute_url()})
        return redirect(forms[0])
    context = {
        "intake": found,
        "forms": forms,
        "open_forms": open_forms,
        "may_work": may(user, "create", found),
        "ahead": _ahead(found),
        "events": [told(event) for event in Event.objects.of(found.stream)[:30]],
    }
    if request.headers.get("HX-Request") and not found.under_way:
        return HttpResponse(headers={"HX-Refresh": "true"})
    partial = "evidence/intake.html#progress" if request.headers.get("HX-Request") else "evidence/intake.html"
    return render(request, partial, context)


def _ahead(found: Intake) -> int:
    """How many documents wait in front of one that waits."""
    if found.state != IntakeState.WAITING:
        return 0
    waiting = Q(state=IntakeState.WAITING, pk__lt=found.pk) | Q(state=IntakeState.READING)
    return Intake.objects.filter(waiting).exclude(pk=found.pk).count()


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a document up."""
    found = intake_for(user_of(request), pk, "create")
    try:
        actions.drop_intake(found, reason=request.POST.get("reason", ""), by=user_of(request))
        messages.success(request, f"已放弃“{found.name}”，没有内容入库。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("evidence:intakes")


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a document anew."""
    found = intake_for(user_of(request), pk, "create")
    try:
        return redirect(actions.read_again(found, by=user_of(request)))
    except actions.Known as known:
        messages.error(request, str(known))
        return redirect(known.former)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(found)


@require_POST
def hidden(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a document anew with its hidden sheets."""
    found = intake_for(user_of(request), pk, "create")
    try:
        actions.read_hidden(found, by=user_of(request))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(found)


@require_safe
def original(request: HttpRequest, pk: int) -> FileResponse:
    """The document as it was handed in, to be saved; never shown as a page."""
    found = intake_for(user_of(request), pk)
    return send(found.file, found.name)


def send(file: str, name: str) -> FileResponse:
    """A stored file for the person to save. Its type is told as plain bytes, so no browser runs what is in it."""
    try:
        stream = files.path_of(file).open("rb")
    except OSError:
        raise Http404(NOT_FOUND) from None
    answer = FileResponse(stream, as_attachment=True, filename=name, content_type="application/octet-stream")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
def page(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """A page of a document as a picture, drawn once and kept."""
    found = intake_for(user_of(request), pk)
    ending = f"p{number}-{PICTURE_WIDTH}.png"
    drawn = files.beside(found.file, ending)
    if not drawn.exists():
        try:
            files.write_beside(found.file, ending, desk.page_picture(files.path_of(found.file), number, PICTURE_WIDTH))
        except ValueError:
            raise Http404(NOT_FOUND) from None
    answer = FileResponse(drawn.open("rb"), content_type="image/png")
    answer["Cache-Control"] = "private, max-age=86400, immutable"
    return answer


# --- one form of it -----------------------------------------------------------------------------------------------------


@require_safe
def form(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The form that was read beside the original, to be mended and confirmed."""
    user = user_of(request)
    found = form_for(user, pk, number)
    if found.intake.state not in (IntakeState.READ, IntakeState.CONFIRMED, IntakeState.DROPPED):
        return redirect(found.intake)
    read, mends = _read(found), _stored(found)
    look = sheet_of(read, mends)
    whole = request.GET.get("all") == "1"
    context = {
        **_form_context(found, look),
        "shown": original_of(found.intake, look.cells(), whole=whole),
        "whole": whole,
        "may_work": found.is_open and found.intake.state == IntakeState.READ and may(user, "create", found.intake),
        "stage": stage_of(found.kind) or _overall_stage(read),
        "stages": Stage.choices,
        "name": _name(found, look),
        "page": new_key(),
        "year": found.year or "",  # never guessed: a form that prints none is asked for
        "targets": _targets(found, look) if found.is_open else [],
        "projects": _projects(found, look) if found.is_open else [],
        "others": [one for one in found.intake.forms.all() if one.pk != found.pk],
    }
    return render(request, "evidence/form.html", context)


def _form_context(found: IntakeForm, look: Any) -> dict[str, Any]:
    return {"form": found, "intake": found.intake, "look": look, "problems": found.intake.problems}


def _read(found: IntakeForm) -> dict[str, Any]:
    read: dict[str, Any] = (found.intake.result or {})["forms"][found.number]
    return read


def _stored(found: IntakeForm) -> Mends:
    return Mends(found.mends, frozenset(found.sure), frozenset(found.cut))


def _sent(request: HttpRequest, found: IntakeForm) -> Mends:
    """The mends that a page sent."""
    texts = {name[2:]: str(value) for name, value in request.POST.items() if name.startswith("v:")}
    return mends_from(_read(found), texts, request.POST.getlist("sure"), request.POST.getlist("cut"))


def _base(request: HttpRequest) -> int:
    """The revision of the mends that a page was opened with."""
    base = request.POST.get("base", "")
    return int(base) if base.isdecimal() and len(base) < 10 else -1


def _other(read: dict[str, Any], theirs: Mends, mine: Mends) -> list[dict[str, str]]:
    """The cells that stand otherwise on two pages."""
    cells = {cell.address: cell for cell in sheet_of(read, theirs).cells()}
    own = {cell.address: cell for cell in sheet_of(read, mine).cells()}
    return [
        {"label": cell.label, "address": address, "theirs": cell.text, "mine": own[address].text}
        for address, cell in cells.items()
        if address in own and own[address].text != cell.text
    ]


def _overall_stage(read: dict[str, Any]) -> str:
    """A department's form is one of either stage: with actual values it is a self-evaluation."""
    done = any("actual" in row or "score" in row for row in read.get("indicators", ()))
    return Stage.SELF_EVALUATION if done else Stage.DECLARATION


def _name(found: IntakeForm, look: Any) -> str:
    """The project's name as it is now."""
    named = {cell.address: cell.text for cell in look.sections[0].cells} if look.sections else {}
    return (named.get("0.project", "").strip() or found.title)[:200]


def _targets(found: IntakeForm, look: Any) -> list[Sheet]:
    """Open sheets of the unit it could be put into, the one of the same name first."""
    stage = stage_of(found.kind)
    sheets = Sheet.objects.filter(project__body=found.intake.body, state__in=OPEN).select_related("project")
    listed = list((sheets.filter(stage=stage) if stage else sheets).order_by("-changed_at")[:200])
    name = _name(found, look)
    return sorted(listed, key=lambda sheet: (sheet.project.name != name, -sheet.year))


def _projects(found: IntakeForm, look: Any) -> list[Project]:
    """Projects of the unit that have no sheet of this stage yet, the one of the same name first."""
    stage = stage_of(found.kind)
    projects = Project.objects.filter(body=found.intake.body)
    if stage is not None:
        projects = projects.exclude(
            pk__in=Sheet.objects.filter(stage=stage, path=found.intake.body.path).values("project")
        )
    if found.year is not None:
        projects = projects.filter(year=found.year)
    name = _name(found, look)
    return sorted(projects.order_by("-pk")[:200], key=lambda project: (project.name != name, -project.year))


@require_POST
def mend(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Keep what has been mended so far, and say what is still found and owed."""
    user = user_of(request)
    found = form_for(user, pk, number, "create")
    mends = _sent(request, found)
    try:
        found = actions.save_mends(found, mends, expected=_base(request), page=request.POST.get("page", ""), by=user)
    except Refused as refused:
        context: dict[str, Any] = {"message": str(refused), "form": found, "intake": found.intake}
        if isinstance(refused, actions.Overtaken):
            now = refused.form
            context |= {"now": now, "base": _base(request), "other": _other(_read(found), _stored(now), mends)}
        page = "evidence/refused.html#state" if request.headers.get("HX-Request") else "evidence/refused.html"
        return render(request, page, context | _fields_kept(request), status=409)
    if request.headers.get("HX-Request"):
        look = sheet_of(_read(found), mends)
        return render(
            request, "evidence/form.html#state", {**_form_context(found, look), "saved": True, "may_work": True}
        )
    messages.success(request, "已暂存，还没有入库。")
    return redirect(found)


def _fields_kept(request: HttpRequest) -> dict[str, Any]:
    """What a page sent, so that the page that answers can send it again."""
    return {
        "kept": [
            (name, value)
            for name in request.POST
            if name not in ("base", "csrfmiddlewaretoken")
            for value in request.POST.getlist(name)
        ]
    }


@require_POST
def take(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Save the confirmed form as a new project."""
    user = user_of(request)
    found = form_for(user, pk, number, "create")
    mends = _sent(request, found)
    year = request.POST.get("project_year", "")
    chosen, stage = request.POST.get("project", ""), request.POST.get("stage", "")
    try:
        actions.save_mends(found, mends, expected=_base(request), page=request.POST.get("page", ""), by=user)
        if request.POST.get("into") == "project":
            if not (chosen.isdecimal() and len(chosen) < 19):
                raise Refused("请先选择要加到的项目。")
            made = actions.confirm_into_project(found, mends, project_for(user, int(chosen)), stage=stage, by=user)
            messages.success(request, f"已存为“{made.project.name}”的{made.get_stage_display()}表。")
            return _onward(found, made)
        if not (year.isdecimal() and 2000 <= int(year) <= 2100):
            raise Refused("年度须填四位数字，例如 2026。")
        made = actions.confirm_as_project(
            found,
            mends,
            body=found.intake.body,
            stage=stage,
            year=int(year),
            name=request.POST.get("project_name", ""),
            by=user,
        )
    except actions.Overtaken:
        return mend(request, pk, number)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(found)
    messages.success(request, f"“{made.project.name}”已入库。")
    return _onward(found, made)


@require_POST
def leave(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Do not take this form."""
    user = user_of(request)
    found = form_for(user, pk, number, "create")
    try:
        actions.leave_form(found, by=user)
        messages.success(request, f"“{found}”不导入。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(found.intake)


def merge(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What putting the form into an open sheet would change, cell by cell; then do it.

    POST with ``sheet`` keeps the mends and shows the comparison (GET); POST with ``expected`` replaces.
    """
    user = user_of(request)
    found = form_for(user, pk, number, "create")
    chosen = request.POST.get("sheet", request.GET.get("sheet", ""))
    if not (chosen.isdecimal() and len(chosen) < 19):
        messages.error(request, "请先选择要并入的项目。")
        return redirect(found)
    sheet = sheet_for(user, int(chosen), "edit")
    try:
        if request.method == "POST" and "expected" in request.POST:
            return _merged(request, found, sheet, user)
        if request.method == "POST":
            actions.save_mends(
                found, _sent(request, found), expected=_base(request), page=request.POST.get("page", ""), by=user
            )
            return redirect(f"{reverse('evidence:merge', args=[pk, number])}?sheet={sheet.pk}")
    except actions.Overtaken:
        return mend(request, pk, number)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(found)
    mends = _stored(found)
    held = rows_data(sheet)
    rows = keeping_keys(held, mended_rows(_read(found), mends))
    look = sheet_of(_read(found), mends)
    name = _name(found, look)
    context = {
        "form": found,
        "intake": found.intake,
        "sheet": sheet,
        "changes": differences(held, rows),
        "owed": look.owed,
        "other_name": "" if name == sheet.project.name else name,
    }
    return render(request, "evidence/merge.html", context)


def _merged(request: HttpRequest, found: IntakeForm, sheet: Sheet, user: User) -> HttpResponse:
    expected = request.POST.get("expected", "")
    made = actions.confirm_into_sheet(
        found, _stored(found), sheet, expected=int(expected) if expected.isdecimal() else -1, by=user
    )
    messages.success(request, f"已并入“{sheet.project.name}”。")
    return _onward(found, made)


def _onward(found: IntakeForm, made: Sheet) -> HttpResponse:
    """To the next form of the document that waits, else to the project."""
    if found.intake.forms.filter(state=FormState.OPEN).exists():
        return redirect(found.intake)
    return redirect(made.project)
