"""The hosts of the platform itself, as rows like any other host."""

from django.conf import settings
from django.db import connection, transaction

from market.shops.contracts import HostKind
from market.shops.models import Domain, Epoch

# Names that no shop may take: they are, or may become, hosts and paths of the platform.
RESERVED_SLUGS = frozenset(
    (
        *(
            "portal",
            "console",
            "market",
            "www",
            "api",
            "static",
            "media",
            "assets",
            "cdn",
            "img",
            "mail",
            "m",
            "mobile",
        ),
        *("admin", "account", "accounts", "login", "pay", "cashier", "search", "shop", "shops", "help", "support"),
        *("blog", "status", "docs", "dev", "test", "staging", "jishi"),
    )
)


@transaction.atomic
def ensure_platform_hosts() -> None:
    """Write the rows of market, portal and console host and the epochs; a repeat changes nothing."""
    wanted = {
        settings.MARKET_HOST: HostKind.MARKET,
        settings.PORTAL_HOST: HostKind.PORTAL,
        settings.CONSOLE_HOST: HostKind.CONSOLE,
    }
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM shops_domain WHERE kind <> 'shop' AND domain <> ALL(%s)", [list(wanted)])
    for host, kind in wanted.items():
        Domain.objects.get_or_create(domain=host, defaults={"kind": kind.value, "is_primary": False})
    for name in ("shops", "listings"):
        Epoch.objects.get_or_create(name=name)
