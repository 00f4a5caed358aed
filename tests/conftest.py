"""Drawn examples are the same on every machine, so that a fresh clone passes or fails as the last one did.

``HENGJIAN_HUNT=1`` draws new ones on every run: that is for looking for faults, not for judging a commit.
"""

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True)
if not os.environ.get("HENGJIAN_HUNT"):
    settings.load_profile("same")
