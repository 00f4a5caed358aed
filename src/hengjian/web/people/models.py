"""The organisation tree, users, and their posts in it."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from hengjian.web.grams import Gram


class BodyKind(models.TextChoices):
    """What an organisation is in the tree."""

    REGION = "region", "地区"
    DEPARTMENT = "department", "主管部门"
    UNIT = "unit", "预算单位"


class BodyQuerySet(models.QuerySet["Body"]):
    """Reads of the tree."""

    def visible_to(self, user: "User") -> "BodyQuerySet":
        """What any post of the user covers."""
        return self.filter(covered(user, "path"))


class Body(models.Model):
    """A region, department or unit. ``path`` is ``/1/4/9/``: the keys from the root down to itself."""

    code = models.CharField("单位代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=120)
    kind = models.CharField("类别", max_length=12, choices=BodyKind)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=200, db_index=True, editable=False, default="")
    active = models.BooleanField("在用", default=True)

    objects = BodyQuerySet.as_manager()

    class Meta:
        """By code, as people list them."""

        ordering = ["code"]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class BodyGram(Gram):
    """A pair of characters in the name of a body."""

    pk = models.CompositePrimaryKey("gram", "body")
    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="grams")


class Role(models.TextChoices):
    """What a post lets its holder do in the part of the tree below it."""

    CLERK = "clerk", "单位经办"
    UNIT = "unit", "单位审核"
    DEPARTMENT = "department", "主管部门审核"
    FINANCE = "finance", "财政审核"
    LEADER = "leader", "领导"
    ADMIN = "admin", "管理员"


class UserQuerySet(models.QuerySet["User"]):
    """Reads of accounts."""

    def managed_by(self, admin: "User") -> "UserQuerySet":
        """Accounts with a post in the part of the tree the user administers, and those that have no post left."""
        inside = Post.objects.filter(covered(admin, "body__path", Role.ADMIN)).values("user")
        return self.filter(Q(pk__in=inside) | Q(posts=None))


class UserManager(BaseUserManager["User"]):
    """Users by user name."""

    def get_queryset(self) -> UserQuerySet:
        """Accounts."""
        return UserQuerySet(self.model, using=self._db)

    def managed_by(self, admin: "User") -> UserQuerySet:
        """See ``UserQuerySet``."""
        return self.get_queryset().managed_by(admin)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Login names are told apart without regard to case."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person with an account. What they may do is in their posts, never in flags."""

    username = models.CharField("用户名", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=40)
    is_active = models.BooleanField("在用", default=True)
    must_change = models.BooleanField("须改密码", default=False)

    objects = UserManager()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        """The person's name."""
        return self.name

    @cached_property
    def scopes(self) -> tuple[tuple[str, str], ...]:
        """(role, path of the body) of every post, read once for each request."""
        if not self.is_active:
            return ()
        return self.scopes_held()

    def scopes_held(self) -> tuple[tuple[str, str], ...]:
        """(role, path) of every post, also of a closed account."""
        return tuple(self.posts.values_list("role", "body__path"))

    def holds(self, role: str, path: str) -> bool:
        """Whether a post with this role covers the body at ``path``."""
        return any(had == role and path.startswith(top) for had, top in self.scopes)

    def covers(self, path: str) -> bool:
        """Whether any post covers the body at ``path``."""
        return any(path.startswith(top) for _, top in self.scopes)

    @property
    def roles(self) -> frozenset[str]:
        """All roles held somewhere."""
        return frozenset(role for role, _ in self.scopes)


class Post(models.Model):
    """A role at a body: it covers the body and all below it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="posts")
    role = models.CharField("角色", max_length=12, choices=Role)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="posts")

    class Meta:
        """Once each."""

        constraints = [models.UniqueConstraint(fields=["user", "role", "body"], name="post_once")]

    def __str__(self) -> str:
        """Role and place."""
        return f"{self.get_role_display()}（{self.body}）"


def covered(user: User, field: str, *roles: str) -> Q:
    """The condition that a path field lies under a post of the user (of one of the roles, if given)."""
    tops = {top for role, top in user.scopes if not roles or role in roles}
    shortest = [top for top in tops if not any(top != other and top.startswith(other) for other in tops)]
    condition = Q(pk__in=[])
    for top in shortest:
        condition |= Q(**{f"{field}__startswith": top})
    return condition
