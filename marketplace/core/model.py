"""The base of every table."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, DateTime, Enum, MetaData, Table, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    declared_attr,
    mapped_column,
)


def _bound(constraint: CheckConstraint, _table: Table) -> str:
    """Name an enum's check by its column too: a table may use the same enum twice."""
    bound = getattr(constraint, "_type_bound", False)
    return "_" + "_".join(constraint.columns.keys()) if bound else ""


NAMES: dict[str, Any] = {
    "bound": _bound,
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "%(constraint_name)s%(bound)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def _values(members: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in members]


class Model(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False):
    """Typed, keyword-only tables; an enum becomes text with a CHECK of its members.

    A table's ``info`` may say ``append_only=True`` (a trigger refuses changed and removed rows)
    and ``after=(...)`` (statements that follow the table: functions, triggers, comments).
    """

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[str]: JSONB,
        enum.Enum: Enum(
            enum.Enum,
            native_enum=False,
            create_constraint=True,
            validate_strings=True,
            length=40,
            values_callable=_values,
        ),
    }


class Entity(MappedAsDataclass, kw_only=True, eq=False):
    """What every object of the field has: identity, version and moment of birth.

    The version is SQLAlchemy's guard against lost updates and the version of the search document.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid4)
    version: Mapped[int] = mapped_column(init=False, repr=False)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False, repr=False)
    updated_at: Mapped[datetime] = mapped_column(
        server_default=func.now(), onupdate=func.now(), init=False, repr=False
    )

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Count versions on every update."""
        return {"version_id_col": cls.__table__.c.version, "eager_defaults": True}  # type: ignore[attr-defined]


class Indexed:
    """A table whose rows are copied into the search index.

    ``search_kind`` names the kind of document; a changed row queues itself (see ``jobs.py``).
    """

    search_kind: ClassVar[str]
