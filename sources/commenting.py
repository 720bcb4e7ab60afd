"""Who says what in the comments of a page: trafilatura keeps the words and drops the names."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree, html

LONGEST_NAME: Final = 60
"""Characters of what can be a commenter's name."""
_COMMENT: Final = re.compile(r"^comments?(?:$|[-_])|^CommentsItem|^comtr$|^topic-body$", re.IGNORECASE)
_NAME: Final = re.compile(
    r"(?:^|[-_])(?:author|commenter|fn|hnuser|user|user-?name|display-?name|profile-?link)(?:$|[-_])|^UsersName", re.IGNORECASE
)
_WORDS: Final = re.compile(
    r"^(?:comments?[-_]*(?:content|text|body|inner)|commtext|usertext-body|cooked|CommentBody\S*|body)$", re.IGNORECASE
)


def with_commenters(page: str) -> str:
    """Put before the words of each comment whose they are ("Ben Moss: ..."), where the page's markup tells; else return the page as it is.

    By the classes that blogs, forums and news sites give to comments, and schema.org's ``itemprop``.
    """
    if not re.search(r"comment|comtr|topic-body", page, re.IGNORECASE):
        return page
    try:
        root = html.document_fromstring(page)
    except (etree.LxmlError, ValueError):
        return page
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    place = {element: number for number, element in enumerate(elements)}
    names = [element for element in elements if _is(element, _NAME, "author") and 0 < len(_name(element)) <= LONGEST_NAME]
    bodies = [element for element in elements if _is(element, _WORDS, "text") and _in_a_comment(element)]
    frames = {one for body in bodies for one in body.iterancestors()}
    last, found = -1, False
    for body in (body for body in bodies if body not in frames):
        own = [one for one in names if last < place[one] < place[body] and _in_a_comment(one)]
        last = place[body]
        if own:
            first = next((one for one in body.iterdescendants("p") if _text(one)), body)
            first.text = f"{_name(own[-1])}: {(first.text or '').lstrip()}"
            found = True
    return html.tostring(root, encoding="unicode") if found else page


def _in_a_comment(element: html.HtmlElement) -> bool:
    return any(_is(one, _COMMENT, "comment") for one in element.iterancestors() if one.tag != "body")


def _is(element: html.HtmlElement, what: re.Pattern[str], itemprop: str) -> bool:
    return element.get("itemprop") == itemprop or any(what.search(name) for name in str(element.get("class", "")).split())


def _text(element: html.HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def _name(element: html.HtmlElement) -> str:
    return re.sub(r"\s*\b(?:says|said|wrote|writes)?:?$", "", _text(element))
