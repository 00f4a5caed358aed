"""Drawn examples are the same on every machine, so that a fresh clone passes or fails as the last one did.

``HENGJIAN_HUNT=1`` draws new ones on every run: that is for looking for faults, not for judging a commit.
"""

import os

from hypothesis import HealthCheck, settings

# How long drawing or a single example takes tells of the machine, not of the commit.
settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
if not os.environ.get("HENGJIAN_HUNT"):
    settings.load_profile("same")
