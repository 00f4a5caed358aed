"""The entry for servers: ``granian --interface wsgi hengjian.web.config.wsgi:application``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengjian.web.config.settings")
application = get_wsgi_application()
