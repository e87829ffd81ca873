"""HTTP: WSGI on granian."""

from config.environment import load_local_environment

load_local_environment()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - settings read the environment

from web.logs import configure_logs  # noqa: E402

configure_logs()
application = get_wsgi_application()
