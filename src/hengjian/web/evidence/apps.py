"""The application as Django knows it."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """``evidence``."""

    name = "hengjian.web.evidence"
    label = "evidence"
    verbose_name = "佐证"
