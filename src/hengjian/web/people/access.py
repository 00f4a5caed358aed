"""Who asks: the signed-in user of a request, and the bodies and users they may administer."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from hengjian.web.people.models import Body, Post, Role, User
from hengjian.web.people.policy import may

NOT_FOUND = "没有找到这个对象，或您没有查看它的权限。"


def user_of(request: HttpRequest) -> User:
    """The signed-in user (the middleware lets nobody else in)."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def admin_of(request: HttpRequest) -> User:
    """The signed-in user, who must administer something. Raises ``Http404``."""
    user = user_of(request)
    if Role.ADMIN not in user.roles:
        raise Http404(NOT_FOUND)
    return user


def body_for(admin: User, pk: int) -> Body:
    """A body the user administers. Raises ``Http404``."""
    body = Body.objects.select_related("parent").filter(pk=pk).first()
    if body is None or not may(admin, "administer", body):
        raise Http404(NOT_FOUND)
    return body


def managed_user_for(admin: User, pk: int) -> User:
    """An account with a post in the user's part of the tree. Raises ``Http404``."""
    found = User.objects.managed_by(admin).filter(pk=pk).first()
    if found is None:
        raise Http404(NOT_FOUND)
    return found


def post_for(admin: User, pk: int) -> Post:
    """A post at a body the user administers. Raises ``Http404``."""
    post = Post.objects.select_related("body", "user").filter(pk=pk).first()
    if post is None or not may(admin, "administer", post.body):
        raise Http404(NOT_FOUND)
    return post
