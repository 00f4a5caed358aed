"""Addresses of the work table, projects and sheets."""

from django.urls import path

from hengjian.web.projects import editing, overview, reviewing, views

app_name = "projects"
urlpatterns = [
    path("", views.home, name="home"),
    path("projects/", views.project_list, name="list"),
    path("projects/new/", views.new_project, name="new"),
    path("projects/<int:pk>/", views.project, name="project"),
    path("projects/<int:pk>/begin/<slug:stage>/", views.begin, name="begin"),
    path("projects/<int:pk>/next-year/", views.carry_forward, name="carry_forward"),
    path("sheets/<int:pk>/", editing.sheet, name="sheet"),
    path("sheets/<int:pk>/cells", editing.cells, name="cells"),
    path("sheets/<int:pk>/live", editing.live, name="live"),
    path("sheets/<int:pk>/explain", editing.explain, name="explain"),
    path("sheets/<int:pk>/suggest", editing.suggest, name="suggest"),
    path("sheets/<int:pk>/head/", editing.head, name="head"),
    path("sheets/<int:pk>/rows/move/", editing.move_row, name="move_row"),
    path("sheets/<int:pk>/rows/<str:key>/", editing.row, name="row"),
    path("sheets/<int:pk>/rows/new/<str:part>/", editing.new_row, name="new_row"),
    path("sheets/<int:pk>/scheme/", views.choose_scheme, name="scheme"),
    path("sheets/<int:pk>/step/", reviewing.step, name="step"),
    path("sheets/<int:pk>/review/", reviewing.review, name="review"),
    path("sheets/<int:pk>/decide/", reviewing.decide, name="decide"),
    path("sheets/<int:pk>/remark/", reviewing.remark, name="remark"),
    path("sheets/<int:pk>/file.<slug:kind>", reviewing.sheet_file, name="file"),
    path("sheets/<int:pk>/compare/", reviewing.compare, name="compare"),
    path("sheets/<int:pk>/versions/<int:number>/", reviewing.version, name="version"),
    path("sheets/<int:pk>/versions/<int:number>.json", reviewing.version_json, name="version_json"),
    path("overview/", overview.overview, name="overview"),
    path("overview/<slug:code>/", overview.defects, name="defects"),
    path("queue/", reviewing.queue, name="queue"),
    path("queue/step/", reviewing.queue_step, name="queue_step"),
    path("calendar/", reviewing.calendar, name="calendar"),
    path("calendar/set/", reviewing.set_deadline, name="set_deadline"),
]
