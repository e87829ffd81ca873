"""All settings, from the environment. A missing secret stops a production start with a clear sentence."""

from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.accounts_settings import *  # noqa: F403  # allauth reads many names; they have a page of their own

env = environ.Env()

ROOT = Path(__file__).resolve().parents[2]
LOCAL = Path(env.str("JISHI_LOCAL", default=str(ROOT / ".local")))

# ---- What kind of start this is ---------------------------------------------------------------
DEBUG = env.bool("JISHI_DEBUG", default=False)
DEMO = env.bool("JISHI_DEMO", default=False)
LOCAL_ONLY = env.bool("JISHI_LOCAL_ONLY", default=DEMO)


def _secret(name: str) -> str:
    value = env.str(name, default="")
    if value:
        return str(value)
    if LOCAL_ONLY:
        return f"local-only-{name.lower()}-never-for-production"
    raise ImproperlyConfigured(
        f"{name} is not set. A production start needs a secret of at least 50 random characters; "
        "`./run demo` needs none."
    )


def _networks(name: str) -> list[str]:
    try:
        return [str(ip_network(one.strip())) for one in env.list(name, default=[])]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}. It takes networks such as 198.51.100.0/24.") from error


SECRET_KEY = _secret("SECRET_KEY")
FIELD_KEYS = env.list("JISHI_FIELD_KEYS", default=[_secret("JISHI_FIELD_KEY")])
LEDGER_SEAL_KEY = _secret("JISHI_LEDGER_SEAL_KEY")
# Tokens of shown ads: number:secret, the current one first. Keep an old one for two hours, as long as a click may come.
AD_TOKEN_KEYS = env.list("JISHI_AD_TOKEN_KEYS", default=["1:" + _secret("JISHI_AD_TOKEN_KEY")])
# The chain of seals is also written here, outside the database, so that one cut off at its end is noticed.
LEDGER_SEAL_FILE = Path(env.str("JISHI_LEDGER_SEAL_FILE", default=str(LOCAL / "ledger-seals.jsonl")))

# ---- Hosts: market, portal, console and one per shop; any other is 421 (market.shops.Domain) ---
SCHEME = env.str("JISHI_SCHEME", default="http" if LOCAL_ONLY else "https")
MARKET_HOST = env.str("JISHI_MARKET_HOST", default="jishi.localhost")
PORT = env.int("JISHI_PORT", default=8000 if LOCAL_ONLY else 443)
PORTAL_HOST = f"portal.{MARKET_HOST}"
CONSOLE_HOST = f"console.{MARKET_HOST}"
ALLOWED_HOSTS = ["*"]  # web.middleware refuses every host that the Domain table does not name
SECURE = SCHEME == "https"

# ---- Database: two roles, neither a superuser ---------------------------------------------------
# Web, workers and tests are `jishi_app`; only the commands in config/__main__.py become the owner.
_ROLE_IS_OWNER = env.str("JISHI_DATABASE_ROLE", default="app") == "owner"
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", default="")
_DATABASE_URL = (
    DATABASE_OWNER_URL
    if _ROLE_IS_OWNER
    else env.str("DATABASE_URL", default="postgresql://jishi_app@127.0.0.1:5432/jishi")
)
_POOL_SIZE = env.int("JISHI_DATABASE_POOL", default=8)
DATABASES = {
    "default": {
        **env.db_url_config(_DATABASE_URL),
        "ENGINE": "market.shops.backend",
        "ATOMIC_REQUESTS": False,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # Only what asks for it is prepared (`market.shops.backend.statements`). Off behind a pooler that cannot.
            "prepare_threshold": 3 if env.bool("JISHI_PREPARED_STATEMENTS", default=True) else None,
            **({"pool": {"min_size": 1, "max_size": _POOL_SIZE, "timeout": 10}} if _POOL_SIZE else {}),
        },
    }
}
DATABASE_ROUTERS = ["market.shops.backend.routers.ShopRouter"]
DISABLE_SERVER_SIDE_CURSORS = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
ELASTICSEARCH_URL = env.str("ELASTICSEARCH_URL", default="")
ELASTICSEARCH_PREFIX = env.str("ELASTICSEARCH_PREFIX", default="jishi")  # of the names of all our indexes
# The cluster where one is named, else the embedded engine.
SEARCH_BACKEND = f"search.listings.engines.{'elastic' if ELASTICSEARCH_URL else 'tantivy'}.backend"
# An engine that takes longer is as good as down: PostgreSQL answers, without facets.
SEARCH_ENGINE_TIMEOUT_SECONDS = env.float("JISHI_SEARCH_ENGINE_TIMEOUT", default=1.0)

# ---- Apps: every data app stands in exactly one of the two lists --------------------------------
SHARED_APPS = [
    "django_tenants",
    "market.outbox",
    "market.audit",
    "market.jobs",
    "market.media",
    "market.taxonomy",
    "market.accounts",
    "market.shops",
    "market.notifications",
    "billing.ledger",
    "billing.payments",
    "billing.checkout",
    "billing.settlement",
    "billing.wallets",
    "search.moderation",
    "search.curation",
    "search.listings",
    "search.suggestions",
    "search.signals",
    "search.collections",
    "search.campaigns",
    "search.spending",
    "search.slots",
    "search.serving",
    "search.reports",
    "search.per_sale",
    "search.results",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "web",
    "storefront",
    "merchant_portal",
    "console",
    "onebox",
]
TENANT_APPS = [
    "tenants.catalog",
    "tenants.inventory",
    "tenants.shipping",
    "tenants.orders",
]
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS]
TENANT_MODEL = "shops.Shop"
TENANT_DOMAIN_MODEL = "shops.Domain"
TENANT_SYNC_ROUTER = "market.shops.backend.routers.ShopRouter"

MIDDLEWARE = [
    "web.middleware.request_id.RequestIdMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "web.middleware.media.MediaMiddleware",
    "web.middleware.hosts.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "web.middleware.bound_session.BoundSessionMiddleware",
    "web.middleware.preferences.PreferencesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "web.middleware.text.TextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "web.middleware.limits.LimitsMiddleware",
    "storefront.cart.owner.CartMiddleware",
]

# The host decides the URL configuration (web.middleware.hosts).
ROOT_URLCONF = "config.urls.market"
URLCONFS = {
    "market": "config.urls.market",
    "portal": "config.urls.portal",
    "console": "config.urls.console",
    "shop": "config.urls.shop",
}
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "web.context.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "web.templatetags.jishi"],
        },
    }
]

# ---- People -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
EMAIL_BACKEND = env.str(
    "JISHI_EMAIL_BACKEND",
    default="market.notifications.backends.OutboxEmailBackend"
    if LOCAL_ONLY
    else "django.core.mail.backends.console.EmailBackend",
)
SMS_BACKEND = env.str(
    "JISHI_SMS_BACKEND",
    default="market.notifications.backends.OutboxSmsBackend"
    if LOCAL_ONLY
    else "market.notifications.backends.ConsoleSmsBackend",
)
DEFAULT_FROM_EMAIL = env.str("JISHI_FROM_EMAIL", default=f"Jishi <no-reply@{MARKET_HOST}>")

_HOST_PREFIX = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = f"{_HOST_PREFIX}session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CSRF_COOKIE_NAME = f"{_HOST_PREFIX}csrf"
LANGUAGE_COOKIE_NAME = f"{_HOST_PREFIX}language"
GUEST_COOKIE_NAME = f"{_HOST_PREFIX}guest"
THEME_COOKIE_NAME = f"{_HOST_PREFIX}theme"

# ---- Language and time --------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # of pages; tables hold UTC
BUSINESS_TIME_ZONE = "Asia/Shanghai"

# ---- Advertising: off, every page is shown without ads; without a background thread nothing is ever loaded --------
ADS_ON = env.bool("JISHI_ADS", default=True)
ADS_HOLDOUT_PPM = env.int("JISHI_ADS_HOLDOUT_PPM", default=20_000)  # of visitors who are shown no ads, to compare with
ADS_BACKGROUND = env.bool("JISHI_ADS_BACKGROUND", default=True)
# Networks (CIDR) of hosting companies: clicks out of them are nobody's.
DATA_CENTRE_NETWORKS = _networks("JISHI_DATA_CENTRE_NETWORKS")

# ---- Files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("JISHI_STATIC_ROOT", default=str(LOCAL / "static")))
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("JISHI_MEDIA_ROOT", default=str(LOCAL / "media")))
PRIVATE_ROOT = Path(env.str("JISHI_PRIVATE_ROOT", default=str(LOCAL / "private")))
INDEX_ROOT = Path(env.str("JISHI_INDEX_ROOT", default=str(LOCAL / "index")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "web.static_files.HashedStaticFilesStorage"
        if env.bool("JISHI_HASHED_STATIC", default=not DEBUG)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 8000  # a product of 500 variants with all its cells
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# ---- Caches: Valkey, never needed for browsing or checkout --------------------------------------
CACHES = {
    "default": {
        "BACKEND": "web.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "jishi",
    }
}

# ---- Celery: wake-ups only ----------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "jishi"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 5, "visibility_timeout": 300}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# ---- Jobs: which runner does which kind of long work ---------------------------------------------
JOB_RUNNERS = {
    "catalog.import": "tenants.inventory.imports.ImportRunner",
    "settlement.statement": "billing.settlement.services.reconciling_jobs.StatementRunner",
    "settlement.export": "billing.settlement.exporting.files.ExportRunner",
}

# ---- Files: what writes which format; a library is loaded by the first process that writes its format ----
SHEET_WRITERS = {
    "csv": "billing.settlement.exporting.csv_writer.write_csv",
    "xlsx": "billing.settlement.exporting.xlsx_writer.write_xlsx",
    "pdf": "billing.settlement.exporting.pdf_writer.write_pdf",
}

# ---- Safety -------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = SECURE and env.bool("JISHI_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "web.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "form-action": [SELF, f"{SCHEME}://{MARKET_HOST}:{PORT}", f"{SCHEME}://*.{MARKET_HOST}:{PORT}"],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
REQUEST_SECONDS = 10
PROXIES = env.int("JISHI_TRUSTED_PROXIES", default=0)  # of ours, in front of every request; they say who asks
RATE_LIMITS_ON = env.bool("JISHI_RATE_LIMITS", default=True)

# ---- API ----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "web.api.schema.ApiSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "EXCEPTION_HANDLER": "web.problems.handle_exception",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Jishi",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# ---- Payments -----------------------------------------------------------------------------------
WECHATPAY = {
    "base_url": env.str("WECHATPAY_BASE_URL", default="https://api.mch.weixin.qq.com"),
    "sp_mchid": env.str("WECHATPAY_SP_MCHID", default=""),
    "sp_appid": env.str("WECHATPAY_SP_APPID", default=""),
    "own_mchid": env.str("WECHATPAY_OWN_MCHID", default=""),  # our own sub-merchant, for advertising top-ups
    "serial_no": env.str("WECHATPAY_SERIAL_NO", default=""),
    "private_key_file": env.str("WECHATPAY_PRIVATE_KEY_FILE", default=""),
    "apiv3_key": env.str("WECHATPAY_APIV3_KEY", default=""),
    "public_key_id": env.str("WECHATPAY_PUBLIC_KEY_ID", default=""),
    "public_key_file": env.str("WECHATPAY_PUBLIC_KEY_FILE", default=""),
    "certificate_dir": env.str("WECHATPAY_CERTIFICATE_DIR", default=""),
    "notify_url": env.str("WECHATPAY_NOTIFY_URL", default=f"{SCHEME}://{MARKET_HOST}:{PORT}/webhooks/wechatpay/"),
    "timeout_seconds": env.float("WECHATPAY_TIMEOUT_SECONDS", default=5.0),
}
# Who issues invoices for advertising: the registered name, and the unified social credit code where there is one.
OPERATOR_NAME = env.str("JISHI_OPERATOR_NAME", default="集市 Jishi")
OPERATOR_REGISTRATION = env.str("JISHI_OPERATOR_REGISTRATION", default="91310000JISHIDEMO0" if LOCAL_ONLY else "")
COMMISSION_BPS = env.int("JISHI_COMMISSION_BPS", default=500)
COMMISSION_VAT_BPS = env.int("JISHI_COMMISSION_VAT_BPS", default=600)
ADVERTISING_VAT_BPS = env.int("JISHI_ADVERTISING_VAT_BPS", default=600)
# Late invalid clicks of one network or person that cost a shop no more are given back without staff.
ADVERTISING_AUTO_CREDIT_MINOR = env.int("JISHI_ADVERTISING_AUTO_CREDIT_MINOR", default=2_000)
STATEMENT_SPANS = env.list("JISHI_STATEMENT_SPANS", default=["month"])  # "week" too, where shops want it
PLATFORM_BANK_ACCOUNT = env.str("JISHI_BANK_ACCOUNT", default="main")
HOLD_SECONDS = env.int("JISHI_HOLD_SECONDS", default=900)
RELEASE_DAYS = env.int("JISHI_RELEASE_DAYS", default=0)  # after a final sale, where we hold the money ourselves
AUTO_CONFIRM_SECONDS = env.int("JISHI_AUTO_CONFIRM_SECONDS", default=10 * 86_400)

LOGGING_CONFIG = None


def market_url(path: str = "/", *, host: str = MARKET_HOST) -> str:
    """The absolute address of a path on one of our hosts."""
    default_port = urlsplit(f"{SCHEME}://x").scheme == SCHEME and PORT in (80, 443)
    return f"{SCHEME}://{host}{'' if default_port else f':{PORT}'}{path}"
