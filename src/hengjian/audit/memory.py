"""What was derived from the rows of a form that is audited again and again while a person fills it in.

Reading a rule, proving it and scoring by it are functions of what the row prints and of the scheme; of five hundred rows one
has changed since the last time. A memory holds what was derived by all that it was derived from, so that it can only be right.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from hengjian.forms.form import Kind
from hengjian.rules.explain import explain
from hengjian.rules.reading import Context, Note, Reading
from hengjian.rules.scheme import Scheme
from hengjian.rules.score import Score

Derived = tuple[Reading | None, Score | None, tuple[Note, ...]]
Recalled = Callable[[Hashable, Callable[[], Derived]], Derived]


class Memory:
    """The rows met last, ``size`` of them; shared by threads."""

    def __init__(self, size: int = 4096) -> None:
        """An empty memory."""
        self._size = size
        self._rows: OrderedDict[Hashable, Derived] = OrderedDict()
        self._told: OrderedDict[tuple[int, Context], tuple[Reading, str]] = OrderedDict()
        self._schemes: dict[Scheme, int] = {}
        self._lock = Lock()

    def of(self, scheme: Scheme, kind: Kind) -> Recalled:
        """How to recall, or else derive, the rows of forms of a family under a scheme."""
        with self._lock:
            number = self._schemes.setdefault(scheme, len(self._schemes))  # so that not every row hashes the scheme

        def recalled(row: Hashable, derive: Callable[[], Derived]) -> Derived:
            key = (number, kind, row)
            with self._lock:
                if key in self._rows:
                    self._rows.move_to_end(key)
                    return self._rows[key]
            made = derive()
            with self._lock:
                self._rows[key] = made
                if len(self._rows) > self._size:
                    self._rows.popitem(last=False)
            return made

        return recalled

    def explain(self, reading: Reading, context: Context) -> str:
        """What ``rules.explain.explain`` says. A reading is known by its identity, which the memory itself keeps alive."""
        key = (id(reading), context)
        with self._lock:
            held = self._told.get(key)
        if held is not None and held[0] is reading:
            return held[1]
        text = explain(reading, context)
        with self._lock:
            self._told[key] = (reading, text)
            if len(self._told) > self._size:
                self._told.popitem(last=False)
        return text
