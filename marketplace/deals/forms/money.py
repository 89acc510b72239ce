"""Amounts typed in yuan and kept in fen."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext
from wtforms import StringField
from wtforms.validators import DataRequired, Optional

from marketplace.core.messages import N_
from marketplace.deals.exits import LARGEST_MINOR


class YuanField(StringField):
    """An amount in yuan with at most two decimals; ``minor`` gives it in fen."""

    minor: int | None = None

    def __init__(self, label: str, *, required: bool, **options: Any) -> None:  # noqa: ANN401 — WTForms' own options
        checks: list[Any] = [DataRequired(N_("Give an amount."))] if required else [Optional()]
        options.setdefault("render_kw", {"inputmode": "decimal"})
        super().__init__(label, checks, **options)

    def process_data(self, value: int | None) -> None:
        """Show fen as yuan."""
        self.minor = value
        self.data = "" if value is None else f"{Decimal(value) / 100:.2f}".removesuffix(".00")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the amount with or without commas; ValueError tells what is wrong."""
        if not valuelist:
            return
        self.data = str(valuelist[0]).strip()
        plain = self.data.replace(",", "").replace("，", "")
        self.minor = None
        if not plain:
            return
        try:
            fen = Decimal(plain) * 100
        except InvalidOperation:
            fen = Decimal("NaN")
        if not fen.is_finite() or fen != fen.to_integral() or not 0 <= fen <= LARGEST_MINOR:
            raise ValueError(gettext("Give an amount in yuan, such as 350000 or 1200.50."))
        self.minor = int(fen)
