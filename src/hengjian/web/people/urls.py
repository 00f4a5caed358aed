"""Addresses of accounts and administration."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from hengjian.web.people import administering, views

app_name = "people"
urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", views.password, name="password"),
    path("help/", views.guide, name="help"),
    path("bodies/", administering.bodies, name="bodies"),
    path("bodies/<int:pk>/", administering.body, name="body"),
    path("users/", administering.users, name="users"),
    path("users/new/", administering.new_user, name="new_user"),
    path("users/<int:pk>/", administering.user, name="user"),
    path("jobs/", administering.jobs, name="jobs"),
    path("posts/<int:pk>/take/", administering.take_post, name="take_post"),
]
