"""Writing the record, and proving it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from hengjian.web.journal.models import Chain, Event

if TYPE_CHECKING:
    from hengjian.web.people.models import User


def canonical(data: object) -> str:
    """Canonical JSON: sorted keys, no blanks, UTF-8 as it is. The same value has the same bytes everywhere."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256(text: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def record(stream: str, what: str, *, by: "User | None", data: Mapping[str, Any] | None = None) -> Event:
    """Add an event to a stream. Only inside a transaction: the change and its record stand or fall together."""
    if not connection.in_atomic_block:
        raise RuntimeError("record() outside a transaction")
    chain = _chain(stream)
    at = timezone.now()
    event = Event(
        stream=stream,
        number=chain.length + 1,
        at=at,
        by=by,
        by_name="" if by is None else by.name,
        what=what,
        data=canonical(data or {}),
        previous=chain.head,
    )
    event.digest = digest_of(event)
    event.save(force_insert=True)
    Chain.objects.filter(pk=stream).update(length=event.number, head=event.digest)
    return event


def _chain(stream: str) -> Chain:
    """The head of a stream, locked until the transaction ends."""
    found = Chain.objects.select_for_update().filter(pk=stream).first()
    if found is None:
        Chain.objects.bulk_create([Chain(stream=stream)], ignore_conflicts=True)
        found = Chain.objects.select_for_update().get(pk=stream)
    return found


def digest_of(event: Event) -> str:
    """What an event's digest must be."""
    return sha256(
        canonical(
            {
                "stream": event.stream,
                "number": event.number,
                "at": _instant(event.at),
                "by": event.by_id,
                "by_name": event.by_name,
                "what": event.what,
                "data": event.data,
                "previous": event.previous,
            }
        )
    )


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a chain does not hold, in Chinese for the person who proves it."""

    stream: str
    number: int
    message: str


@dataclass(slots=True)
class Proof:
    """The result of proving the record. ``digest`` stands for the whole of it: write it down, compare it next time."""

    events: int = 0
    streams: int = 0
    digest: str = ""


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read inside is of one moment, while others go on writing; nothing may be written inside."""
    connection.ensure_connection()
    if connection.in_atomic_block or getattr(connection.connection, "in_transaction", False):
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:  # by hand, since ``atomic`` would keep those who write waiting
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def verify(proof: Proof) -> Iterator[Broken]:
    """Prove every chain; yields what is broken and fills ``proof``. Reads in one pass, memory does not grow with the record."""
    with one_moment():
        heads = {chain.stream: chain for chain in Chain.objects.order_by("stream").iterator(2000)}
        seal = hashlib.sha256()
        stream, previous, number = "", "", 0
        for event in Event.objects.order_by("stream", "number").iterator(2000):
            if event.stream != stream:
                yield from _ended(stream, number, previous, heads)
                _sealed(seal, stream, number, previous)
                stream, previous, number = event.stream, "", 0
                proof.streams += 1
            proof.events += 1
            number += 1
            if event.number != number:
                yield Broken(stream, number, f"缺少第{number}条记录（下一条是第{event.number}条）")
                number = event.number
            elif event.previous != previous:
                yield Broken(stream, number, "与前一条记录接不上：前一条被改动或替换过")
            if digest_of(event) != event.digest:
                yield Broken(
                    stream, number, f"内容与摘要不符：这条记录被改动过（{event.what}，{event.by_name or '系统'}）"
                )
            previous = event.digest
        yield from _ended(stream, number, previous, heads)
        _sealed(seal, stream, number, previous)
        for chain in heads.values():
            if chain.length:
                yield Broken(chain.stream, 1, f"整个对象的{chain.length}条记录都不见了")
        proof.digest = seal.hexdigest()


def _sealed(seal: Any, stream: str, number: int, head: str) -> None:
    if stream:
        seal.update(f"{stream}\t{number}\t{head}\n".encode())


def _ended(stream: str, number: int, head: str, heads: dict[str, Chain]) -> Iterator[Broken]:
    """Whether a stream ends where its chain says."""
    if not stream:
        return
    chain = heads.pop(stream, None)
    if chain is None:
        yield Broken(stream, number, "没有这个对象的链头：链头被删除，或记录是硬塞进来的")
    elif chain.length > number:
        yield Broken(stream, number + 1, f"末尾缺少{chain.length - number}条记录")
    elif chain.length < number or chain.head != head:
        yield Broken(stream, number, "链头与最后一条记录不符：末尾被改动过")
