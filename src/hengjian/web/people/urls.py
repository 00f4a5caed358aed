"""Addresses of accounts and administration."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from hengjian.web.people import views

app_name = "people"
urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
]
