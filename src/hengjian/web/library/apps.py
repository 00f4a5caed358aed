"""The application as Django knows it."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """``library``."""

    name = "hengjian.web.library"
    label = "library"
    verbose_name = "资料库"
