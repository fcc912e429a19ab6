"""Records with a canonical JSON string. May import errors."""

import json
from dataclasses import fields
from typing import Self

from applicability.errors import InputError


class Canonical:
    """A dataclass with a canonical JSON string: equal content gives an equal string."""

    def json(self) -> str:
        """The content as JSON with sorted keys, fit for a Snakemake param or an argument."""
        return json.dumps(vars(self), sort_keys=True)

    @classmethod
    def of(cls, content: dict) -> Self:
        """A record of its content."""
        return cls(**content)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what :meth:`json` gives. Raises InputError for any other text."""
        try:
            return cls.of(json.loads(text))
        except (TypeError, ValueError, RecursionError) as error:
            keys = ", ".join(field.name for field in fields(cls))
            raise InputError(f"{cls.__name__.lower()}: expected JSON with the keys {keys}: {error}") from error
