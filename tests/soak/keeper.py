"""Keeps a worker alive: loads the application once, forks, and forks again when one was killed."""

from __future__ import annotations

import os

from marketplace.web.extensions import db
from marketplace.worker import work_forever
from wsgi import app


def main() -> None:
    with app.app_context():
        db.engine.dispose()
    while True:
        child = os.fork()
        if child == 0:
            with app.app_context():
                work_forever(app)
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
