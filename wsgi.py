"""The WSGI application that gunicorn and the ``flask`` command load."""

from config import Settings
from marketplace.app import create_app
from marketplace.web.embedded import with_database

app = create_app(with_database(Settings.from_env()))
