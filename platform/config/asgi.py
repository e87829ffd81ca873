"""WebSockets and streams only; pages are served by WSGI."""

from config.environment import load_local_environment

load_local_environment()

from django.core.asgi import get_asgi_application  # noqa: E402 - settings read the environment

application = get_asgi_application()
