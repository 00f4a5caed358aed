"""The map of addresses. Every one needs a login unless its view says otherwise (``public`` alone does, and the login)."""

from django.urls import include, path

urlpatterns = [
    path("", include("hengjian.web.projects.urls")),
    path("account/", include("hengjian.web.people.urls")),
    path("library/", include("hengjian.web.library.urls")),
    path("evidence/", include("hengjian.web.evidence.urls")),
    path("public/", include("hengjian.web.public.urls")),
]

handler400 = "hengjian.web.people.errors.bad_request"
handler403 = "hengjian.web.people.errors.forbidden"
handler404 = "hengjian.web.people.errors.not_found"
handler500 = "hengjian.web.people.errors.failed"
