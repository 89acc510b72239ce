"""The WSGI application that gunicorn serves."""

from config import Settings
from marketplace.app import create_app

app = create_app(Settings.from_env())
