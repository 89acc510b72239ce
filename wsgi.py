"""The WSGI application that gunicorn and the ``flask`` command load."""

import gc

from config import Settings
from marketplace.app import create_app
from marketplace.web.embedded import with_database

app = create_app(with_database(Settings.from_env()))
# What was built for good is left out of garbage collection: looking through it stops every thread
# of the process for a quarter of a second, in the middle of somebody's request.
gc.collect()
gc.freeze()
