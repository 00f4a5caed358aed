"""Mutated files of every format: whatever the bytes, a layout comes back in time, with whole messages.

A short run belongs to the suite. ``HENGJIAN_FUZZ_MINUTES=10 pytest tests/documents/test_fuzz.py`` runs longer, with new
mutations each time; a failure is kept as a file, and its path is in the message.
"""

import os
import random
import tempfile
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents import samples
from hengjian.documents import read_layout
from hengjian.forms.layout import Grid, Layout, Source

MINUTES = float(os.environ.get("HENGJIAN_FUZZ_MINUTES", "0"))
SECONDS = 10.0
KINDS = [kind for kind, _ in samples.ALL]
ORIGINALS = {kind: make() for kind, make in samples.ALL}
TOKENS = (
    *(
        b"\0",
        b"\xff\xff\xff\xff",
        b"\x7f\xff\xff\xff",
        b"\t\t\t",
        b"\n\n",
        b"\f",
        b"|",
        b'"',
        b"<p>",
        b"</td>",
        b"<table>",
    ),
    *(
        b"<tr><td rowspan=0 colspan=9999>",
        b"<!--",
        b"<![CDATA[",
        b"&#xD800;",
        b"&lt;",
        b"<!DOCTYPE x [",
        b"\xef\xbb\xbf",
    ),
    *(
        b"\xff\xfe",
        b"PK\x05\x06",
        b"PK\x01\x02",
        b"endstream",
        b"obj",
        b"xref",
        b"/Kids",
        b"/Parent 3 0 R",
        b"9999999999",
    ),
    *(b"-1", b"1e999", b"_xD800_", b"NaN", "表".encode("gb18030"), "≥".encode()),
)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, removed, repeated or put in."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 12))):
        at = chance.randrange(len(out) + 1)
        length = chance.choice((1, 2, 4, 16, 64, 400))
        match chance.randrange(6):
            case 0:
                out[at : at + length] = chance.randbytes(length)
            case 1:
                del out[at : at + length]
            case 2:
                out[at:at] = out[at : at + length] * chance.choice((1, 2, 50))
            case 3:
                out[at:at] = chance.choice(TOKENS)
            case 4:
                out[at : at + 4] = chance.choice(TOKENS)
            case 5:
                out = out[: max(at, 4)]
    return bytes(out)


def mutated_inside(data: bytes, chance: random.Random) -> bytes:
    """Parts of a package mutated and packed again, so that the checksums hold and the reader gets to see them."""
    if not data.startswith(b"PK"):
        return mutated(data, chance)
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = chance.sample(names, chance.randint(1, min(2, len(names))))
        for name in names:
            part = old.read(name)
            if name not in chosen:
                new.writestr(name, part)
            elif chance.random() < 0.9:
                new.writestr(name, mutated(part, chance))
    return out.getvalue()


def check(kind: str, data: bytes) -> None:
    """The promises of the room, for any bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"表.{kind}"
        path.write_bytes(data)
        start = time.process_time()  # not by the clock: the machine may have other things to do
        layout = read_layout(path)
        spent = time.process_time() - start
    assert spent < SECONDS, f"{spent:.1f} s"
    check_layout(layout)


def check_layout(layout: Layout) -> None:
    assert (
        layout.blocks or layout.problems or layout.source.format in ("txt", "html", "docx", "xlsx", "xls", "ods", "pdf")
    )
    for problem in layout.problems:
        assert problem.code
        assert problem.message.endswith("。")
        assert "Traceback" not in problem.message
    for block in layout.blocks:
        if isinstance(block, Grid):
            check_grid(block)
        else:
            block.text.encode()
    assert all(0 <= index <= len(layout.blocks) for index in layout.breaks)


def check_grid(grid: Grid) -> None:
    taken: set[tuple[int, int]] = set()
    for cell in grid.cells:
        cell.text.encode()
        assert 0 <= cell.row < cell.row + cell.row_span <= grid.rows
        assert 0 <= cell.column < cell.column + cell.column_span <= grid.columns
        if cell.row_span * cell.column_span < 10_000:
            spots = {
                (r, c)
                for r in range(cell.row, cell.row + cell.row_span)
                for c in range(cell.column, cell.column + cell.column_span)
            }
            assert not spots & taken
            taken |= spots


@pytest.mark.parametrize("kind", KINDS)
def test_the_originals_keep_the_promises(kind: str) -> None:
    check(kind, ORIGINALS[kind])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.booleans())
@pytest.mark.parametrize("kind", KINDS)
def test_mutated_files_keep_the_promises(kind: str, chance: random.Random, inside: bool) -> None:
    data = ORIGINALS[kind]
    check(kind, mutated_inside(data, chance) if inside else mutated(data, chance))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600), st.sampled_from(["xls", "txt", "html", "docx", "pdf"]))
def test_any_bytes_keep_the_promises(data: bytes, kind: str) -> None:
    check(kind, data)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='甲乙1.5%\t\n|\f"<>p/ \u3000', max_size=300))
def test_any_text_loses_no_word(text: str) -> None:
    """Characters of prose and cells come out again, whatever the tabs and bars."""
    from hengjian.documents import text as reader

    content = reader.read(text.encode(), "甲.txt")
    check_layout(Layout(source_of("txt"), content.blocks, content.problems, content.breaks))
    shown = "".join(
        "".join(cell.text for cell in block.cells) if isinstance(block, Grid) else block.text
        for block in content.blocks
    )
    assert sum(map(shown.count, "甲乙")) == sum(map(text.count, "甲乙"))


def source_of(kind: str) -> Source:
    return Source("甲", kind, "")


def real_files() -> list[tuple[str, bytes]]:
    """Published documents, where they are at hand. Not pdf: a page that lost its text is recognised as a picture, which takes long."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "acceptance" / "documents"
    paths = sorted(folder.glob("*")) if folder.exists() else []
    return [
        (path.suffix[1:], path.read_bytes()) for path in paths if path.suffix != ".pdf" and path.suffix[1:] in KINDS
    ]


@pytest.mark.skipif(not MINUTES, reason="set HENGJIAN_FUZZ_MINUTES to run it")
def test_long_run(capsys: pytest.CaptureFixture[str]) -> None:
    seed = int(os.environ.get("HENGJIAN_FUZZ_SEED") or int.from_bytes(os.urandom(4), "big"))
    chance = random.Random(seed)  # noqa: S311  # chance for tests, not for secrets
    end = time.monotonic() + MINUTES * 60
    count = 0
    slowest = (0.0, "")
    pool = [*ORIGINALS.items(), *real_files()]
    while time.monotonic() < end:
        kind, original = chance.choice(pool)
        data = chance.choice((mutated, mutated_inside))(original, chance)
        start = time.monotonic()
        try:
            check(kind, data)
        except BaseException:
            kept = Path(tempfile.gettempdir()) / f"hengjian-fuzz-{seed}-{count}.{kind}"
            kept.write_bytes(data)
            with capsys.disabled():
                print(f"\nkept {kept}")  # noqa: T201
            raise
        count += 1
        slowest = max(slowest, (time.monotonic() - start, kind))
    with capsys.disabled():
        print(f"\n{count} files, slowest {slowest[0]:.2f} s ({slowest[1]}), seed {seed}")  # noqa: T201
