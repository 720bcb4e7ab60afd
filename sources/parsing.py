"""Parsers: bytes of one media type to text and what the document says of itself."""

from __future__ import annotations

import html
import json
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import charset_normalizer
import pypdfium2
import trafilatura
import yaml
from lxml import etree

from knowledge.records import UNKNOWN
from knowledge.vocabulary import SourceKind
from sources import media_types
from sources.captions import read_captions
from sources.commenting import with_commenters
from sources.documents import Parsed
from sources.errors import Unreadable
from sources.headers import split_header

_LEAST_PDF_TEXT: Final = 20
"""Characters a page on average below which a PDF is pictures of text."""
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,30});", re.IGNORECASE)
"""What Markdown means by it too; a bare "&copy" without its semicolon is two words of an address."""
_HEADER: Final = re.compile(r"\A(?:(?P<name>URL|TITLE|AUTHORS?|DATE|PUBLISHER):[ \t]*(?P<value>.*)\n)", re.IGNORECASE)


def decoded(content: bytes, location: str) -> str:
    """Decode bytes as UTF-8 or as what they most probably are.

    Raises:
        Unreadable: no encoding fits.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = charset_normalizer.from_bytes(content).best()
        if best is None:
            raise Unreadable(location, "its encoding can't be told", "Save it as UTF-8.") from None
        return str(best)


def parse_plain(content: bytes, location: str) -> Parsed:
    """Read plain text; leading lines such as ``URL:`` and ``TITLE:`` are about the text and not part of it."""
    about, text = _lines_about(decoded(content, location).replace("\r\n", "\n"))
    return replace(about, text=_without_markup(text), title=about.title or _first_line(text), lost=_placeholders(text))


def parse_markdown(content: bytes, location: str) -> Parsed:
    """Read Markdown; front matter is metadata, links keep their words, emphasis marks go."""
    about, text = _front_matter(decoded(content, location).replace("\r\n", "\n"), location)
    heading = re.search(r"^#\s+(.+)$", text, re.MULTILINE)
    title = about.title or (_characters(heading[1].strip()) if heading else _first_line(text))
    return replace(about, text=_without_markup(text), title=title, lost=_placeholders(text))


def parse_captions(content: bytes, location: str) -> Parsed:
    """Read subtitles, WebVTT or SubRip; they may have either header above them."""
    about, text = _front_matter(decoded(content, location).lstrip("\ufeff").replace("\r\n", "\n"), location)
    if about == Parsed(""):
        about, text = _lines_about(text)
    captions = read_captions(text, location)
    return replace(about, text="\n\n".join(captions.paragraphs), title=about.title or captions.title, lost=captions.lost)


def _lines_about(text: str) -> tuple[Parsed, str]:
    """Return what leading lines such as ``TITLE:`` say, and the text below them."""
    found: dict[str, str] = {}
    while header := _HEADER.match(text):
        found[header["name"].lower().rstrip("s")] = _characters(header["value"].strip())
        text = text[header.end() :]
    about = Parsed(
        text="",
        title=found.get("title", ""),
        authors=tuple(name.strip() for name in re.split(r",|;", found.get("author", "")) if name.strip()),
        published=_date(found.get("date", "")),
        publisher=found.get("publisher") or UNKNOWN,
        url=found.get("url") or UNKNOWN,
    )
    return about, text


def _front_matter(text: str, location: str) -> tuple[Parsed, str]:
    """Return what a header between two lines of --- says, and the text below it."""
    header, text = split_header(text)
    if header is None:
        return Parsed(""), text
    try:
        raw = yaml.safe_load(header) or {}
    except yaml.YAMLError as problem:
        raise Unreadable(location, f"its front matter is no YAML: {problem}", "Mend the lines between the --- marks.") from problem
    if not isinstance(raw, dict):
        raise Unreadable(location, "its front matter is no mapping", "Write `name: value` lines between the --- marks.")
    authors = _several(raw.pop("authors", None) or raw.pop("author", None))
    reports = _several(raw.pop("reports", None))
    meta = {str(key): str(value) for key, value in raw.items() if value is not None}
    about = Parsed(
        text="",
        title=meta.get("title", ""),
        authors=authors,
        published=_date(meta.get("published") or meta.get("date") or ""),
        publisher=meta.get("publisher") or UNKNOWN,
        url=meta.get("url") or UNKNOWN,
        kind=SourceKind(meta["kind"]) if meta.get("kind") in set(SourceKind) else SourceKind.UNKNOWN,
        reports=reports,
    )
    return about, text


def _several(value: object) -> tuple[str, ...]:
    """Return one value or a list of values as texts."""
    return tuple(str(one) for one in value) if isinstance(value, list) else (str(value),) if value else ()


def _without_markup(text: str) -> str:
    """Drop what Markdown adds to the words: link targets, attribute braces, emphasis, rules under headings; entities become characters."""
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)(?:\{[^}]*\})?", r"[image: \1]", text)
    text = re.sub(r"\[([^\]\n]*(?:\n[^\]\n]+)?)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)(?:\{[^}]*\})?", r"\1", text)
    text = re.sub(r"\{[#.][^}\n]*(?:\n[^}\n]*)?\}", "", text)
    text = re.sub(r"</?(?:span|div|a|p|br|em|strong|sup|sub|i|b)\b[^>]*>", "", text)
    text = re.sub(r"^(.+)\n(?:={3,}|-{3,})$", r"# \1", text, flags=re.MULTILINE)
    text = re.sub(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\S)([^*_\n]+?)(?<=\S)\1(?![\w*])", r"\2", text)
    return _characters(re.sub(r"`([^`\n]+)`", r"\1", text))


def _characters(text: str) -> str:
    """Put characters for the entities of HTML ("&#8217;"), which pages saved as text often keep."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def _placeholders(text: str) -> tuple[str, ...]:
    """Say where a page left only a mark of what it held."""
    figures = len(
        re.findall(r"^\s*\[?(?:image|figure|fig\.|video|chart|graph)(?:[ :][^\]]*)?\]\s*$|!\[", text, re.IGNORECASE | re.MULTILINE)
    )
    return (f"{figures} figure{'s' * (figures > 1)} of which only a mark is left",) if figures else ()


def _first_line(text: str) -> str:
    return next((_characters(line.strip("# "))[:200] for line in text.split("\n") if line.strip("# -*>")), "")


def _date(value: str) -> str:
    found = re.search(r"\b(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\b", value)
    return "-".join(part for part in found.groups() if part) if found else UNKNOWN


def parse_html(content: bytes, location: str) -> Parsed:
    """Read a page's main text by trafilatura, with what its metadata says."""
    extracted = trafilatura.extract(
        with_commenters(decoded(content, location)),
        output_format="json",
        with_metadata=True,
        include_comments=True,
        include_tables=True,
        favor_recall=True,
    )
    if not extracted:
        raise Unreadable(location, "the page holds no text that could be found", "Save the text itself, or print the page to PDF.")
    page: dict[str, Any] = json.loads(extracted)
    figures = len(re.findall(rb"<(?:figure|img)\b", content, re.IGNORECASE))
    paragraphs = (page.get("text") or page.get("raw_text") or "").split("\n")
    # Of a short page trafilatura may take comments for text as well.
    comments = [line for line in (page.get("comments") or "").split("\n") if line and line not in paragraphs]
    return Parsed(
        text="\n\n".join([*paragraphs, *(["Comments", *comments] if comments else [])]),
        title=page.get("title") or "",
        authors=tuple(name.strip() for name in (page.get("author") or "").split(";") if name.strip()),
        published=_date(page.get("date") or ""),
        publisher=page.get("source-hostname") or page.get("hostname") or UNKNOWN,
        url=page.get("source") or page.get("url") or UNKNOWN,
        lost=(f"{figures} picture{'s' * (figures > 1)} or figures were not read",) if figures else (),
    )


def parse_pdf(content: bytes, location: str) -> Parsed:
    """Read a PDF's text page by page, running heads and margin stamps left out."""
    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as problem:
        locked = "password" in str(problem).lower()
        raise Unreadable(
            location,
            "the PDF needs a password" if locked else f"the PDF is damaged: {problem}",
            "Save a copy without a password." if locked else "Get the file again.",
        ) from problem
    try:
        pages = [page.get_textpage().get_text_bounded() for page in pdf]
        meta = pdf.get_metadata_dict(skip_empty=True)
    except pypdfium2.PdfiumError as problem:
        raise Unreadable(location, f"the PDF is damaged: {problem}", "Get the file again.") from problem
    finally:
        pdf.close()
    if not pages or statistics.mean(len(page.strip()) for page in pages) < _LEAST_PDF_TEXT:
        raise Unreadable(location, "the PDF holds pictures of pages and no text", "Run it through text recognition (OCR) first.")
    text = "\n\n".join(_without_running_heads([page.replace("\r\n", "\n").replace("\r", "\n") for page in pages]))
    title = meta.get("Title", "")
    return Parsed(
        text=text.replace("\ufffe\n", "-\n").replace("\ufffe", "-"),
        title=title if len(title.split()) > 1 and not re.search(r"\.\w{2,4}$", title) else _first_line(text),
        authors=tuple(name.strip() for name in re.split(r",|;| and ", meta.get("Author", "")) if name.strip()),
        lost=("figures and formulas of a PDF are not read",),
    )


def _without_running_heads(pages: list[str]) -> Iterator[str]:
    """Drop lines that stand at the top or bottom of many pages, page numbers, and stamps set upwards in a margin."""
    edges: Counter[str] = Counter()
    for page in pages:
        lines = [line for line in page.split("\n") if line.strip()]
        edges.update({re.sub(r"\d+", "#", line.strip()) for line in lines[:2] + lines[-2:]})
    often = {line for line, times in edges.items() if times >= max(3, len(pages) // 3)}
    for page in pages:
        lines = page.split("\n")
        yield "\n".join(
            line
            for place, line in enumerate(lines)
            if not (re.sub(r"\d+", "#", line.strip()) in often and (place < 3 or place >= len(lines) - 3))
            and not re.fullmatch(r"\s*(?:-\s*)?\d{1,4}(?:\s*-)?\s*|(?:\S ){8,}\S?|.*\bv?iXra\b.*", line)
        )


def parse_jats(content: bytes, location: str) -> Parsed:
    """Read a JATS article: title, authors, date, abstract and sections; tables and formulas are noted as lost."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        raise Unreadable(location, f"the XML is damaged: {problem}", "Get the file again.") from problem
    article = root if root is not None and _tag(root) == "article" else next(root.iter("{*}article"), None) if root is not None else None
    if article is None:
        raise Unreadable(location, "the XML is no JATS article", "Give the article as HTML, PDF or text.")
    lost = Counter(_tag(element) for element in article.iter("{*}table-wrap", "{*}fig", "{*}disp-formula"))
    names = {"table-wrap": "tables", "fig": "figures", "disp-formula": "formulas"}
    doi = _words(next(article.iterfind(".//{*}article-id[@pub-id-type='doi']"), None))
    return Parsed(
        text="\n\n".join(_blocks(article)),
        title=_words(next(article.iterfind(".//{*}article-title"), None)),
        authors=tuple(_jats_authors(article)),
        published=_jats_date(article),
        publisher=_words(next(article.iterfind(".//{*}journal-title"), None)) or UNKNOWN,
        url=f"https://doi.org/{doi}" if doi else UNKNOWN,
        kind=SourceKind.JOURNAL_ARTICLE,
        lost=tuple(f"{count} {names[kind]} not read" for kind, count in sorted(lost.items())),
    )


def _tag(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _blocks(article: Any) -> Iterator[str]:
    """Yield headings and paragraphs of abstract and body in order."""
    for region in (*article.iterfind(".//{*}front//{*}abstract"), *article.iterfind("{*}body")):
        for element in region.iter("{*}title", "{*}p"):
            inside = {_tag(parent) for parent in element.iterancestors()}
            words = _words(element)
            if words and not inside & {"table-wrap", "fig", "p", "caption"}:
                yield f"## {words}" if _tag(element) == "title" else words


def _jats_authors(article: Any) -> Iterator[str]:
    for contributor in article.iterfind(".//{*}article-meta//{*}contrib[@contrib-type='author']"):
        name = " ".join(_words(contributor.find(f".//{{*}}{part}")) for part in ("given-names", "surname")).strip()
        if name:
            yield name


def _jats_date(article: Any) -> str:
    dates = []
    for date in article.iterfind(".//{*}article-meta//{*}pub-date"):
        parts = [_words(date.find(f"{{*}}{part}")) for part in ("year", "month", "day")]
        if parts[0].isdigit():
            filled = [parts[0]] + [part.zfill(2) for part in parts[1:] if part.isdigit()]
            dates.append("-".join(filled))
    return min(dates, default=UNKNOWN)


PARSERS: Final[dict[str, Callable[[bytes, str], Parsed]]] = {
    media_types.PLAIN: parse_plain,
    media_types.MARKDOWN: parse_markdown,
    media_types.WEBVTT: parse_captions,
    media_types.SUBRIP: parse_captions,
    media_types.HTML: parse_html,
    media_types.PDF: parse_pdf,
    media_types.JATS: parse_jats,
}
