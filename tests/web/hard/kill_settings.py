"""The settings of a site that is killed: the same, but a silent worker is taken for dead after two seconds."""

from hengjian.web.config.settings import *  # noqa: F403

INTAKE_LEASE = 2
