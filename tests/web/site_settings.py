"""The settings of the site under test: data in a folder of its own, cheap password hashes, tasks done at once."""

import os
import tempfile

os.environ.setdefault("HENGJIAN_DATA", tempfile.mkdtemp(prefix="hengjian-test-"))
os.environ["HENGJIAN_TESTING"] = "1"

from hengjian.web.config.settings import *  # noqa: F403

os.makedirs(STATIC_ROOT, exist_ok=True)  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
