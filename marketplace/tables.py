"""Imports every domain's tables, so that the metadata is complete."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

import marketplace
from marketplace.core.model import Model


def load() -> type[Model]:
    """Import ``marketplace.<domain>.models`` of every domain; give the base they share."""
    importlib.import_module("marketplace.core.audit")
    for package in pkgutil.iter_modules(marketplace.__path__):
        name = f"marketplace.{package.name}.models"
        if package.ispkg and importlib.util.find_spec(name) is not None:
            importlib.import_module(name)
    return Model
