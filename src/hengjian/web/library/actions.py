"""What changes the library: filling it from the shelves, taking in a workbook, own schemes."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from hengjian import desk
from hengjian.library.shelves import Entry, indicators, regulations
from hengjian.web.journal.record import record
from hengjian.web.library.models import LibraryIndicator, Regulation, SchemeFile, facts_of
from hengjian.web.people.actions import Refused as Refused
from hengjian.web.people.models import Role, User

KEEPERS = frozenset({Role.ADMIN, Role.FINANCE})


@transaction.atomic(durable=True)
def stock() -> int:
    """Put what comes with the program on the shelves of this installation; what is there already stays as it is."""
    codes = set(LibraryIndicator.objects.values_list("code", flat=True))
    fresh = [LibraryIndicator(code=entry.code, **facts_of(entry)) for entry in indicators() if entry.code not in codes]
    LibraryIndicator.objects.bulk_create(fresh)
    known = set(Regulation.objects.values_list("code", flat=True))
    names = ("code", "title", "number", "issuer", "issued", "valid_from", "valid_to", "repealed", "source", "verified")
    Regulation.objects.bulk_create(
        Regulation(**{name: getattr(one, name) for name in names}, fixes=list(one.fixes))
        for one in regulations()
        if one.code not in known
    )
    if fresh:
        record("library:indicators", "stocked", by=None, data={"count": len(fresh)})
    return len(fresh)


@transaction.atomic(durable=True)
def take_in(entries: Sequence[Entry], *, by: User) -> tuple[int, int]:
    """Indicators of a workbook: those with a known code are changed, the others added. Returns (added, changed)."""
    _may_keep(by)
    known = {one.code: one for one in LibraryIndicator.objects.select_for_update()}
    number = _last_own(known)
    added, changed = [], []
    for entry in entries:
        code = entry.code
        if not code:
            number += 1
            code = f"BD-{number:04d}"
        facts = facts_of(entry)
        one = known.get(code)
        if one is None:
            one = known[code] = LibraryIndicator.objects.create(code=code, **facts)
            added.append(code)
        elif any(getattr(one, name) != value for name, value in facts.items()):
            before = {name: getattr(one, name) for name, value in facts.items() if getattr(one, name) != value}
            for name, value in facts.items():
                setattr(one, name, value)
            one.save()
            changed.append({"code": code, "from": before, "to": {name: facts[name] for name in before}})
    if added or changed:
        record("library:indicators", "imported", by=by, data={"added": added, "changed": changed})
    return len(added), len(changed)


def _last_own(known: dict[str, LibraryIndicator]) -> int:
    own = [int(code[3:]) for code in known if code.startswith("BD-") and code[3:].isdecimal()]
    return max(own, default=0)


@transaction.atomic(durable=True)
def keep_scheme(*, name: str, text: str, by: User) -> SchemeFile:
    """Add or change a scoring scheme; it is checked before it is kept."""
    _may_keep(by)
    if not name.replace("-", "").isalnum() or not name.isascii() or len(name) > 60:
        raise Refused("方案标识只能用字母、数字和短横线。")
    if name in desk.schemes():
        raise Refused(f"{name} 是自带方案的标识，请另取一个。")
    title = _checked(text)
    before = SchemeFile.objects.filter(name=name).first()
    made, _ = SchemeFile.objects.update_or_create(name=name, defaults={"text": text, "title": title, "active": True})
    record(f"scheme:{name}", "scheme", by=by, data={"from": before.text if before else None, "to": text})
    return made


def _checked(text: str) -> str:
    """The title of a scheme that can be used. Raises ``Refused`` with what is wrong."""
    with tempfile.TemporaryDirectory(prefix="hengjian-") as folder:
        path = Path(folder) / "scheme.toml"
        path.write_text(text, encoding="utf-8", newline="")
        try:
            return desk.load_scheme(str(path)).title
        except desk.SchemeError as error:
            raise Refused(f"方案不能用：{str(error).replace(str(path), '方案')}") from None


def _may_keep(by: User) -> None:
    if not by.roles & KEEPERS:
        raise Refused("只有财政审核和管理员可以修改资料库。")
