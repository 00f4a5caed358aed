"""Events in the words people read on the page of an object."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hengjian.web.journal.models import Event

LABELS = {
    "created": "新建",
    "opened": "开始填报",
    "cells": "修改",
    "replaced": "整表替换",
    "submit": "送审",
    "withdraw": "撤回",
    "pass": "审核通过",
    "return": "退回",
    "decided": "认定审核提示",
    "remarked": "批注",
    "published": "公开",
    "withdrawn": "撤下公开",
    "deadline": "设置截止日期",
    "scheme": "选择评分方案",
    "taken_in": "导入文件",
    "read": "读取完成",
    "unreadable": "未能读取",
    "requeued": "读取中断，重新排队",
    "hidden_asked": "连同隐藏的工作表重新读取",
    "confirmed": "核对入库",
    "form_left": "不导入其中一张表",
    "dropped": "放弃导入",
    "attached": "上传佐证",
    "removed": "移除佐证",
    "post_given": "授予角色",
    "post_taken": "收回角色",
    "password_changed": "修改密码",
    "disabled": "停用",
    "enabled": "启用",
    "renamed": "改名",
    "moved": "调整上级",
}


@dataclass(frozen=True, slots=True)
class Told:
    """An event as shown: where, what, the details one a line."""

    event: Event
    where: str
    title: str
    details: tuple[str, ...]


def told(event: Event, where: str = "") -> Told:
    """An event in words; what it does not know is told by its name and data."""
    data: dict[str, Any] = json.loads(event.data)
    title = LABELS.get(event.what, event.what)
    details = _DETAILS.get(event.what, _why)(data)
    return Told(event, where, title, tuple(details))


def _why(data: Mapping[str, Any]) -> list[str]:
    return [str(data["why"])] if data.get("why") else []


def _cells(data: Mapping[str, Any]) -> list[str]:
    words = {"set": "改", "add": "增", "remove": "删", "move": "移"}
    counts: dict[str, int] = {}
    lines: list[str] = []
    for change in data.get("changes", ()):
        counts[change["do"]] = counts.get(change["do"], 0) + 1
        if change["do"] == "set" and len(lines) < 3:
            lines.append(f"{_quoted(change['from'])} → {_quoted(change['to'])}")
    summary = "、".join(f"{words.get(do, do)} {count} 处" for do, count in counts.items())
    return [summary, *lines]


def _opened(data: Mapping[str, Any]) -> list[str]:
    origin = {
        "declaration": "按审定的绩效目标",
        "document": "从文件导入",
        "intake": "从文件导入",
        "previous": "从上年结转",
    }
    words = origin.get(str(data.get("from")), "")
    return [f"{words}：{data['name']}" if data.get("name") else words] if words else []


def _decided(data: Mapping[str, Any]) -> list[str]:
    words = {"accepted": "属实，须改", "waived": "不作处理"}
    codes = "、".join(one["code"] for one in data.get("findings", ()))
    why = f"（{data['why']}）" if data.get("why") else ""
    return [f"{codes}：{words.get(str(data.get('verdict')), '')}{why}"]


def _remarked(data: Mapping[str, Any]) -> list[str]:
    return [_short(data.get("text"), 60)]


def _deadline(data: Mapping[str, Any]) -> list[str]:
    return [f"{data.get('year')}年 {data.get('from') or '未设'} → {data.get('to')}"]


def _confirmed(data: Mapping[str, Any]) -> list[str]:
    """What the person mended and confirmed of a form that was read."""
    mended = [
        f"{one['row']}{'：' if one['row'] else ''}{one['label']}“{_short(one['from'])}” → “{_short(one['to'])}”"
        for one in data.get("mended", ())
    ]
    counts = (("改正", len(mended)), ("确认无误", len(data.get("sure", ()))), ("去掉的行", len(data.get("cut", ()))))
    return ["、".join(f"{word} {count} 处" for word, count in counts if count) or "按读取结果入库", *mended[:20]]


def _file(data: Mapping[str, Any]) -> list[str]:
    return [str(data["name"])] if data.get("name") else []


def _quoted(value: object) -> str:
    return f"“{_short(value)}”" if value not in (None, "") else "（空）"


def _short(value: object, width: int = 24) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= width else text[: width - 1] + "…"


_DETAILS: dict[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "confirmed": _confirmed,
    "attached": _file,
    "removed": _file,
    "cells": _cells,
    "opened": _opened,
    "decided": _decided,
    "remarked": _remarked,
    "deadline": _deadline,
}
