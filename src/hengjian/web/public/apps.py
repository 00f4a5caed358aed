"""The application as Django knows it."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """``public``."""

    name = "hengjian.web.public"
    label = "public"
    verbose_name = "公开"
