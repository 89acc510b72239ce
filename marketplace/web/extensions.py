"""One object per Flask extension, bound to an application in ``app.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf import CSRFProtect

if TYPE_CHECKING:
    from config import Settings
    from marketplace.web.parts import Parts

db = SQLAlchemy(session_options={"autoflush": True})
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="moving-window")


def settings() -> Settings:
    """Give the settings of the running application."""
    return cast("Settings", current_app.extensions["hanqiao.settings"])


def parts() -> Parts:
    """Give the outside things of the running application: search, embedders, mail."""
    return cast("Parts", current_app.extensions["hanqiao.parts"])
