"""Addresses of what is disclosed. Only ``disclose`` and ``withdraw`` need an account."""

from django.urls import path

from hengjian.web.public import views

app_name = "public"
urlpatterns = [
    path("", views.index, name="index"),
    path("projects/<int:pk>/disclose/", views.disclose, name="disclose"),
    path("projects/<int:pk>/<int:number>/withdraw/", views.withdraw, name="withdraw"),
    path("<slug:address>/", views.page, name="page"),
    path("<slug:address>/<int:number>/", views.page, name="page_number"),
    path("<slug:address>/<int:number>/file.<slug:kind>", views.file, name="file"),
]
