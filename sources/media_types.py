"""Media types by content, never by name alone."""

from __future__ import annotations

import re
from typing import Final

import puremagic

HTML: Final = "text/html"
PDF: Final = "application/pdf"
JATS: Final = "application/jats+xml"
MARKDOWN: Final = "text/markdown"
WEBVTT: Final = "text/vtt"
SUBRIP: Final = "application/x-subrip"
PLAIN: Final = "text/plain"

_HEAD: Final = 4096
_OWN_HEADER: Final = (
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?:---\r?\n.*?\r?\n---\r?\n|(?:(?:url|title|authors?|date|publisher):[^\n]*\n)+)?\s*"
)
"""What may stand above a document, in lines that are about it."""
_WEBVTT: Final = re.compile(_OWN_HEADER + rb"webvtt(?=\s)(?=.*?\d\s*-->)", re.IGNORECASE | re.DOTALL)
_SUBRIP: Final = re.compile(_OWN_HEADER + rb"(?:\d+\s*[\r\n]\s*)?\d+:\d\d?[:.,]\d[\d:.,]*[ \t]*-->", re.IGNORECASE | re.DOTALL)
_NOT_READ: Final = frozenset(
    f".{ending}"
    for several in (
        ("doc", "docx", "odt", "pages", "rtf", "epub", "mobi", "ppt", "pptx", "odp", "xls", "xlsx", "ods"),
        ("zip", "gz", "7z", "rar", "tar", "jpg", "jpeg", "png", "gif", "webp", "tif", "tiff"),
        ("mp3", "mp4", "m4a", "wav", "mov", "avi", "webm"),
    )
    for ending in several
)
"""Endings of names that promise a format which is not read."""


def media_type(content: bytes, name: str) -> str:
    """Say what bytes are. ``name`` decides only between texts that look alike: Markdown, plain text, subtitles that are damaged."""
    head = content[:_HEAD]
    if head.lstrip().startswith(b"%PDF-"):
        return PDF
    markup = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if markup.startswith(b"<"):
        return _markup(markup, content)
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _by_magic(head)
    if re.search(rb"[\x00-\x08\x0e-\x1a]", head) and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _by_magic(head)
    return _text(head.replace(b"\x00", b""), name.lower())


def _text(head: bytes, name: str) -> str:
    """Tell kinds of text apart. ``head``: without the empty halves of UTF-16."""
    if _WEBVTT.match(head) or name.endswith(".vtt"):
        return WEBVTT
    if _SUBRIP.match(head) or name.endswith(".srt"):
        return SUBRIP
    return MARKDOWN if name.endswith((".md", ".markdown")) or head.startswith(b"---\n") else PLAIN


def promises_another(name: str) -> str:
    """Return the ending of a name that promises a format which is not read; "" if it promises none."""
    ending = f".{name.lower().rpartition('.')[2]}"
    return ending if ending in _NOT_READ else ""


def _markup(markup: bytes, content: bytes) -> str:
    if re.search(rb"<!doctype html|<html[\s>]", markup):
        return HTML
    if re.search(rb"<!doctype article|<article[\s>]|jats|nlm//dtd|<pmc-articleset", markup) and b"<body" in content:
        return JATS
    return "application/xml" if markup.startswith(b"<?xml") else HTML if re.match(rb"<(?:!--|[a-z])", markup) else PLAIN


def _by_magic(head: bytes) -> str:
    try:
        return puremagic.from_string(head, mime=True) or "application/octet-stream"
    except (puremagic.PureError, ValueError):
        return "application/octet-stream"
