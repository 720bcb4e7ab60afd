"""Blobs: source texts, named by what they are."""

from __future__ import annotations

import hashlib


def digest_of_text(text: str) -> str:
    """Return the hex sha256 of a text's UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
