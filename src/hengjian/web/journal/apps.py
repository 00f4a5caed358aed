"""The application as Django knows it."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """``journal``."""

    name = "hengjian.web.journal"
    label = "journal"
    verbose_name = "记录"
