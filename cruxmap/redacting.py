"""Redacting: keys that stand in the environment stand nowhere else, whatever a provider or a library puts into its errors."""

from __future__ import annotations

import os
import re
from typing import Final

_SECRET: Final = re.compile(r"(?:KEY|TOKEN|SECRET|PASSWORD)$")
_SHORTEST: Final = 8
"""Characters of a secret: shorter values are words that stand in texts by chance."""


def without_secrets(text: str) -> str:
    """Replace the value of every variable that is named like a secret by the variable's name."""
    for name, value in os.environ.items():
        if len(value) >= _SHORTEST and _SECRET.search(name.upper()):
            text = text.replace(value, f"<{name}>")
    return text
