"""Writes 0002_tables.py anew from the models; only until the first release has been made."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy.dialects import postgresql  # noqa: E402
from sqlalchemy.schema import CreateIndex, CreateTable  # noqa: E402

from marketplace.core import restricted  # noqa: E402
from marketplace.tables import load  # noqa: E402

TARGET = ROOT / "migrations" / "versions" / "0002_tables.py"

HEAD = '''"""Every table of the first release, as the models describe them."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = [
'''
TAIL = """
]


def upgrade() -> None:
    op.execute("SET lock_timeout = '5s'")
    connection = op.get_bind()
    for statement in STATEMENTS:
        connection.exec_driver_sql(statement)
"""


def statements() -> list[str]:
    """Give the DDL of all tables and indexes in an order that PostgreSQL accepts."""
    dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    found = []
    for table in load().metadata.sorted_tables:
        found.append(str(CreateTable(table).compile(dialect=dialect)).strip())
        found += [
            str(CreateIndex(index).compile(dialect=dialect)).strip()
            for index in sorted(table.indexes, key=lambda index: str(index.name))
        ]
        if table.info.get("append_only"):
            found.append(
                f"CREATE TRIGGER {table.name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
                f"ON {table.name} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        found += [statement.strip() for statement in table.info.get("after", ())]
    tables = load().metadata.sorted_tables
    append_only = [table.name for table in tables if table.info.get("append_only")]
    found += [statement.strip() for statement in restricted.statements(append_only)]
    return [line.replace("\t", "    ") for line in found]


def main() -> None:
    """Write the file and the head."""
    body = ",\n".join(f'    r"""\n{statement}\n"""' for statement in statements())
    TARGET.write_text(HEAD + body + TAIL, encoding="utf-8")
    (ROOT / "migrations" / ".head").write_text("0002\n", encoding="ascii")


if __name__ == "__main__":
    main()
