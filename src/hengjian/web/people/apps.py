"""The application as Django knows it."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """``people``."""

    name = "hengjian.web.people"
    label = "people"
    verbose_name = "人员与机构"
