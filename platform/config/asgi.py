"""WebSockets and streams only; pages are served by WSGI."""

from config.environment import load_local_environment

load_local_environment()

from django.core.asgi import get_asgi_application  # noqa: E402 - settings read the environment

from web.logs import configure_logs  # noqa: E402

configure_logs()
application = get_asgi_application()
