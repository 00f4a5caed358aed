"""What the words of an indicator's name say: which way is better, which values can occur. The words are data (``naming.toml``)."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _words() -> dict[str, tuple[str, ...]]:
    text = (files("hengjian") / "rules" / "naming.toml").read_text(encoding="utf-8")
    return {kind: tuple(words) for kind, words in tomllib.loads(text).items()}


def words(kind: str) -> tuple[str, ...]:
    """The words of one kind (``reverse``, ``positive``, ``execution``, ``satisfaction``, ``none``, ``beyond``, ``signed``, ``partly``)."""
    return _words()[kind]


def has(name: str, kind: str) -> bool:
    """Whether a folded name holds a word of a kind."""
    return any(word in name for word in words(kind))


def last(name: str, kind: str) -> int:
    """Where the last word of a kind ends in a folded name; 0 where there is none. The last word is the head of a name."""
    return max((name.rfind(word) + len(word) for word in words(kind) if word in name), default=0)
