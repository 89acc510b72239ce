"""${message}."""

from __future__ import annotations

from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    op.execute("SET lock_timeout = '5s'")
    ${upgrades if upgrades else "pass"}
