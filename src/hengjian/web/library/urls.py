"""Addresses of the library."""

from django.urls import path

from hengjian.web.library import views

app_name = "library"
urlpatterns = [
    path("", views.indicators, name="indicators"),
    path("<int:pk>/", views.indicator, name="indicator"),
    path("workbook/", views.workbook, name="workbook"),
    path("take-in/", views.take_in, name="take_in"),
    path("regulations/", views.regulations, name="regulations"),
    path("schemes/", views.schemes, name="schemes"),
    path("schemes/<slug:name>/", views.scheme, name="scheme"),
]
