"""The migrations and the models tell the same story."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import BigInteger, text

from marketplace.tables import load

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def _is_ours(difference: object) -> bool:
    return "procrastinate" not in repr(difference)


class TestMigrations:
    def test_leave_no_difference_to_the_models(self, session):
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        differences = compare_metadata(context, load().metadata)
        assert [found for found in differences if _is_ours(found)] == []

    def test_checks_of_the_models_are_in_the_database(self, session):
        present = set(
            session.scalars(text("SELECT conname FROM pg_constraint WHERE contype = 'c'"))
        )
        wanted = {
            constraint.name
            for table in load().metadata.tables.values()
            for constraint in table.constraints
            if type(constraint).__name__ == "CheckConstraint"
        }
        assert wanted <= present

    def test_every_sum_of_money_has_room(self):
        # A plain integer ends at 21 million yuan in fen.
        narrow = [
            f"{table.name}.{column.name}"
            for table in load().metadata.tables.values()
            for column in table.columns
            if column.name.endswith("_minor") and not isinstance(column.type, BigInteger)
        ]
        assert narrow == []

    def test_have_one_head_which_the_head_file_names(self):
        script = ScriptDirectory(str(MIGRATIONS))
        assert script.get_heads() == [(MIGRATIONS / ".head").read_text(encoding="ascii").strip()]
