"""The application as Django knows it."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """``projects``."""

    name = "hengjian.web.projects"
    label = "projects"
    verbose_name = "项目"
