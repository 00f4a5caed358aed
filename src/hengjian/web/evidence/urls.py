"""Addresses of dropped documents and of files behind values."""

from django.urls import path

from hengjian.web.evidence import attaching, views

app_name = "evidence"
urlpatterns = [
    path("", views.intakes, name="intakes"),
    path("<int:pk>/", views.intake, name="intake"),
    path("<int:pk>/drop/", views.drop, name="drop"),
    path("<int:pk>/again/", views.again, name="again"),
    path("<int:pk>/hidden/", views.hidden, name="hidden"),
    path("<int:pk>/file/", views.original, name="original"),
    path("<int:pk>/page/<int:number>/", views.page, name="page"),
    path("<int:pk>/form/<int:number>/", views.form, name="form"),
    path("<int:pk>/form/<int:number>/mend/", views.mend, name="mend"),
    path("<int:pk>/form/<int:number>/take/", views.take, name="take"),
    path("<int:pk>/form/<int:number>/merge/", views.merge, name="merge"),
    path("<int:pk>/form/<int:number>/leave/", views.leave, name="leave"),
    path("sheets/<int:pk>/", attaching.evidence, name="evidence"),
    path("sheets/<int:pk>/files/", attaching.attachments, name="attachments"),
    path("files/<int:pk>/", attaching.attachment, name="attachment"),
    path("files/<int:pk>/remove/", attaching.remove, name="remove"),
]
