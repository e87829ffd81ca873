"""HTTP: WSGI on granian."""

from config.environment import load_local_environment

load_local_environment()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - settings read the environment

application = get_wsgi_application()
