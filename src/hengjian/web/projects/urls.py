"""Addresses of the work table, projects and sheets."""

from django.urls import path

from hengjian.web.projects import views

app_name = "projects"
urlpatterns = [
    path("", views.home, name="home"),
    path("projects/", views.project_list, name="list"),
    path("projects/new/", views.new_project, name="new"),
    path("projects/<int:pk>/", views.project, name="project"),
    path("sheets/<int:pk>/", views.sheet, name="sheet"),
]
