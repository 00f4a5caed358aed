"""Proving all that is kept for good: the record, that nothing stands outside it, and what was frozen and disclosed."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import CharField, Exists, Model, OuterRef, Value
from django.db.models.functions import Cast, Concat

from hengjian.web.evidence.models import Intake
from hengjian.web.journal.models import Chain, Event
from hengjian.web.journal.record import Broken, Proof, one_moment, sha256, verify
from hengjian.web.people.models import Body, User
from hengjian.web.projects.models import Project, Sheet, Version
from hengjian.web.public.models import Publication

__all__ = ["Broken", "Proof", "prove"]

# Everything of these kinds was made by an action, and so has a stream of its own.
_RECORDED: tuple[tuple[str, type[Model]], ...] = (
    ("body", Body),
    ("user", User),
    ("project", Project),
    ("sheet", Sheet),
    ("intake", Intake),
)


def prove(proof: Proof) -> Iterator[Broken]:
    """Everything that does not hold; fills ``proof``."""
    with one_moment():
        yield from verify(proof)
        for kind, model in _RECORDED:
            yield from _without_record(kind, model)
        yield from _versions()
        yield from _publications()


def _without_record(kind: str, model: type[Model]) -> Iterator[Broken]:
    """Objects whose whole stream is gone, its head too."""
    name = Concat(Value(f"{kind}:"), Cast("pk", CharField()), output_field=CharField())
    bare = model._default_manager.annotate(stream_name=name)
    bare = bare.exclude(Exists(Chain.objects.filter(pk=OuterRef("stream_name"), length__gt=0)))
    for pk in bare.order_by("pk").values_list("pk", flat=True).iterator(2000):
        yield Broken(f"{kind}:{pk}", 1, "这个对象没有任何记录：记录被整个删除，或对象是绕过系统写入的")


def _versions() -> Iterator[Broken]:
    """Frozen versions that are not what was frozen, or whose submission told another digest."""
    told = _told("submit", "version")
    sheet, before = 0, ""
    for version in Version.objects.order_by("sheet", "number").iterator(200):
        if version.sheet_id != sheet:
            sheet, before = version.sheet_id, ""
        stream = f"sheet:{sheet}"
        recorded = told.pop((stream, version.number), None)
        same = version.previous == before and version.digest == sha256(before + version.content)
        if recorded is None:
            yield Broken(stream, version.number, f"第{version.number}版没有送审记录")
        elif not same or recorded not in ("", version.digest):
            yield Broken(stream, version.number, f"第{version.number}版的内容与冻结时不符：被改动或替换过")
        before = version.digest
    for stream, number in told:
        yield Broken(stream, number, f"第{number}版不见了：记录里有送审，版本被删除")


def _publications() -> Iterator[Broken]:
    """Disclosures that are not what was disclosed."""
    told = _told("published", "number")
    for one in Publication.objects.order_by("project", "number").iterator(200):
        recorded = told.pop((f"project:{one.project_id}", one.number), None)
        if recorded != one.digest or one.digest != sha256(one.content):
            yield Broken(
                f"project:{one.project_id}", one.number, f"第{one.number}次公开的内容与公开时不符：被改动或替换过"
            )
    for stream, number in told:
        yield Broken(stream, number, f"第{number}次公开不见了：记录里有公开，内容被删除")


def _told(what: str, number: str) -> dict[tuple[str, int], str]:
    """The digests that events of a kind tell, by stream and number; "" where an older event tells none."""
    found: dict[tuple[str, int], str] = {}
    for stream, data in Event.objects.filter(what=what).values_list("stream", "data").iterator(2000):
        said: dict[str, Any] = json.loads(data)
        found[stream, int(said[number])] = str(said.get("digest", ""))
    return found
