"""Settings of one running copy, read from the environment once."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Environment = Literal["development", "production", "test"]


class SettingsError(Exception):
    """The environment lacks or contradicts something; the text names every key at fault."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs between two running copies of Hanqiao."""

    environment: Environment
    home: Path
    secret_key: str = field(repr=False)
    #: Keys used before: sessions and sealed columns made with them stay readable.
    old_secret_keys: tuple[str, ...] = field(default=(), repr=False)
    port: int = 8000
    base_url: str = "http://127.0.0.1:8000"
    database_url: str | None = field(default=None, repr=False)
    #: The role that connections take on; when the environment names it, it must be there.
    database_role: str = "hanqiao_app"
    database_role_required: bool = False
    #: Without a key payments go by bank transfer alone; the base is a simulator's address.
    stripe_api_key: str | None = field(default=None, repr=False)
    stripe_webhook_secret: str | None = field(default=None, repr=False)
    stripe_api_base: str | None = None
    elasticsearch_url: str | None = None
    elasticsearch_api_key: str | None = field(default=None, repr=False)
    elasticsearch_ca: Path | None = None
    embeddings_url: str | None = None
    embeddings_api_key: str | None = field(default=None, repr=False)
    embeddings_model: str = "text-embedding-3-small"
    embeddings_dimensions: int = 1024
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "Hanqiao <no-reply@hanqiao.example>"
    upload_limit_bytes: int = 50 * 1024 * 1024
    #: ``host:port`` or the socket path of a clamd that looks at every upload; None looks at none.
    clamav_address: str | None = None
    #: Days without a touch after which an owner is asked, and further days until it is hidden.
    listing_stale_days: int = 180
    listing_grace_days: int = 14
    #: Working days within which an answer to a need should get its first reaction.
    reply_target_days: int = 2
    web_threads: int = 8
    #: Proxies in front whose word about the visitor's address is taken; 0 believes nobody.
    trusted_proxies: int = 0
    demo: bool = True
    site_name: str = "汉桥"
    icp_number: str | None = None
    police_number: str | None = None
    contact_email: str = "service@hanqiao.example"
    rate_limits: bool = True

    @property
    def is_development(self) -> bool:
        """Whether development pages (gallery, outbox) are served."""
        return self.environment != "production"

    @property
    def files_folder(self) -> Path:
        """Where uploaded files are kept, by content hash."""
        return self.home / "files"

    @property
    def search_folder(self) -> Path:
        """Where the embedded search engine keeps its index."""
        return self.home / "search"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; raise SettingsError naming every key that is missing or wrong."""
        env = os.environ if env is None else env
        faults: list[str] = []
        environment = env.get("HANQIAO_ENV", "development")
        if environment not in ("development", "production"):
            faults.append(f"HANQIAO_ENV is {environment!r}: say development or production")
        home = Path(env.get("HANQIAO_HOME", "var")).resolve()
        production = environment == "production"
        if production:
            needed = ("SECRET_KEY", "DATABASE_URL", "BASE_URL")
            faults += [
                f"{key} is missing: production needs it" for key in needed if not env.get(key)
            ]
        port = _number(env, "PORT", 8000, faults)
        settings = cls(
            environment="production" if production else "development",
            home=home,
            secret_key=env.get("SECRET_KEY", ""),
            old_secret_keys=tuple(env.get("OLD_SECRET_KEYS", "").split()),
            port=port,
            base_url=env.get("BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
            database_url=env.get("DATABASE_URL") or None,
            database_role=env.get("DATABASE_ROLE") or cls.database_role,
            database_role_required=bool(env.get("DATABASE_ROLE")),
            stripe_api_key=env.get("STRIPE_API_KEY") or None,
            stripe_webhook_secret=env.get("STRIPE_WEBHOOK_SECRET") or None,
            stripe_api_base=(env.get("STRIPE_API_BASE") or "").rstrip("/") or None,
            elasticsearch_url=env.get("ELASTICSEARCH_URL") or None,
            elasticsearch_api_key=env.get("ELASTICSEARCH_API_KEY") or None,
            elasticsearch_ca=Path(env["ELASTICSEARCH_CA"]) if env.get("ELASTICSEARCH_CA") else None,
            embeddings_url=env.get("EMBEDDINGS_URL") or None,
            embeddings_api_key=env.get("EMBEDDINGS_API_KEY") or None,
            embeddings_model=env.get("EMBEDDINGS_MODEL", cls.embeddings_model),
            embeddings_dimensions=_number(env, "EMBEDDINGS_DIMENSIONS", 1024, faults),
            smtp_url=env.get("SMTP_URL") or None,
            mail_from=env.get("MAIL_FROM", cls.mail_from),
            upload_limit_bytes=_number(env, "UPLOAD_LIMIT_MB", 50, faults) * 1024 * 1024,
            clamav_address=env.get("CLAMAV_ADDRESS") or None,
            listing_stale_days=_number(env, "LISTING_STALE_DAYS", 180, faults),
            listing_grace_days=_number(env, "LISTING_GRACE_DAYS", 14, faults),
            reply_target_days=_number(env, "REPLY_TARGET_DAYS", 2, faults),
            web_threads=_number(env, "WEB_THREADS", 8, faults),
            trusted_proxies=_number(env, "TRUSTED_PROXIES", 1, faults)
            if env.get("TRUSTED_PROXIES")
            else 0,
            demo=env.get("HANQIAO_DEMO", "no" if production else "yes") == "yes",
            site_name=env.get("SITE_NAME", cls.site_name),
            icp_number=env.get("ICP_NUMBER") or None,
            police_number=env.get("POLICE_NUMBER") or None,
            contact_email=env.get("CONTACT_EMAIL", cls.contact_email),
        )
        if settings.stripe_api_key and not settings.stripe_webhook_secret:
            faults.append("STRIPE_WEBHOOK_SECRET is missing: STRIPE_API_KEY needs it")
        if faults:
            raise SettingsError("; ".join(faults))
        if not settings.secret_key:
            settings = replace(settings, secret_key=_kept_secret(home))
        return settings

    @classmethod
    def for_tests(cls, *, home: Path, database_url: str, **changes: object) -> Settings:
        """Settings of a test application on a scratch database and folder."""
        settings = cls(
            environment="test",
            home=home,
            secret_key="secret of the tests alone",  # noqa: S106 — signs nothing outside a test
            database_url=database_url,
            demo=False,
            rate_limits=False,
        )
        return replace(settings, **changes)  # type: ignore[arg-type]


def _number(env: Mapping[str, str], key: str, default: int, faults: list[str]) -> int:
    text = env.get(key, str(default))
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number <= 0:
        faults.append(f"{key} is {text!r}: give a whole number above 0")
        return default
    return number


def _kept_secret(home: Path) -> str:
    """Make a secret key once and keep it, so that a restart signs nobody out."""
    path = home / "secret-key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii")
