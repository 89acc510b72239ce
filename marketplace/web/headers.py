"""Security and cache headers of every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request, session

from marketplace.web.access import current_actor

if TYPE_CHECKING:
    from flask import Flask, Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)


def install(app: Flask) -> None:
    """Set the headers once, for pages and errors alike."""

    @app.after_request
    def harden(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        if request.is_secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if "Cache-Control" not in headers:
            anonymous = current_actor().is_visitor and "Set-Cookie" not in headers
            fresh = anonymous and request.method == "GET" and response.status_code == 200  # noqa: PLR2004 — HTTP OK
            # A form page sets its session cookie after this function has run.
            fresh = fresh and not _sets_cookie()
            headers["Cache-Control"] = (
                "public, max-age=60, stale-while-revalidate=300" if fresh else "private, no-store"
            )
        return response


def _sets_cookie() -> bool:
    return bool(session.modified or (session.accessed and session))
