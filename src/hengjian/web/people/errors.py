"""The pages of what went wrong: what happened, what the limit is, what to do. In the words of the other pages, never a bare code."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

_MB = 1024 * 1024


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The one answer to what is absent and to what is forbidden."""
    return render(request, "people/not_found.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django itself forbids. Our own pages answer 404 instead."""
    return _trouble(request, 403, "没有权限", "您没有做这件事的权限。", "如果认为应该有，请联系本单位的管理员。")


def failed(request: HttpRequest) -> HttpResponse:
    """A defect of ours, without details. It asks nothing of the database, which may be what has failed."""
    return HttpResponse(render_to_string("people/failed.html"), status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or the request comes from another site."""
    return render(request, "people/csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that Django refuses before any view: too many files or fields, too large, broken."""
    for kind, status, told in _REFUSED:
        if isinstance(exception, kind):
            return _trouble(request, status, *told())
    return _trouble(
        request, 400, "请求没有办成", "浏览器发来的内容不完整，没有执行，也没有保存。", "请返回上一页，刷新后重试。"
    )


def _too_many_files() -> tuple[str, str, str]:
    return (
        "一次选的文件太多",
        f"一次最多上传 {settings.UPLOAD_FILES} 份文件。这次选的远多于此，一份都没有收。",
        f"请返回上一页，分几次上传，每次不超过 {settings.UPLOAD_FILES} 份。",
    )


def _too_large() -> tuple[str, str, str]:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // _MB
    return (
        "一次提交的内容太多",
        f"除文件以外，一次最多提交 {limit} MB 的内容。这次超过了，没有保存。",
        "请返回上一页，把内容分几次保存；大段材料请作为文件上传。",
    )


def _too_many_fields() -> tuple[str, str, str]:
    return (
        "一次提交的格太多",
        f"一次最多提交 {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS} 格。这次超过了，没有保存。",
        "请返回上一页，把内容分几次提交。",
    )


def _unknown_host() -> tuple[str, str, str]:
    return (
        "网址没有登记",
        "这个系统没有登记您所用的网址，所以不应答。",
        "请改用管理员告诉您的网址；管理员可在设置 HENGJIAN_HOSTS 中加上它。",
    )


_REFUSED: tuple[tuple[type[Exception], int, Callable[[], tuple[str, str, str]]], ...] = (
    (TooManyFilesSent, 413, _too_many_files),
    (RequestDataTooBig, 413, _too_large),
    (TooManyFieldsSent, 413, _too_many_fields),
    (DisallowedHost, 400, _unknown_host),
)


def _trouble(request: HttpRequest, status: int, title: str, what: str, advice: str) -> HttpResponse:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"message": f"{what}{advice}"}, status=status, json_dumps_params={"ensure_ascii": False})
    context: dict[str, Any] = {"title": title, "what": what, "advice": advice}
    # Before the person is known (the request may have been refused that early) the page is made without them.
    if hasattr(request, "user"):
        return render(request, "people/trouble.html", context, status=status)
    return HttpResponse(render_to_string("people/trouble.html", context), status=status)


class WrongWay:
    """Middleware: an address that only takes what a button sends, opened like a page (after signing in anew, say), says so."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let everything else pass."""
        answer = self.answer(request)
        if answer.status_code != 405 or answer.content:
            return answer
        told = _trouble(
            request,
            405,
            "请从页面上操作",
            "这个网址只在按页面上的按钮时使用，不能直接打开。什么都没有改动。",
            "如果刚刚重新登录过，请回到原来的页面再按一次。",
        )
        told["Allow"] = answer["Allow"]
        return told
