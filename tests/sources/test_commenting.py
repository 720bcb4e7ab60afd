"""The names of commenters, which readers of pages drop."""

from __future__ import annotations

from typing import Final

import pytest

from sources.commenting import with_commenters
from sources.reading import read_bytes

SAID: Final = "The survey of 2019 took samples in winter only, so it shows nothing about algae."
ANSWER: Final = "It took samples in June as well, as its second table on page nine shows."
BLOG: Final = f"""<html><head><title>The lake</title></head><body class="comments-open"><main>
<article class="post"><div class="author">Ada Orr</div><div class="body"><p>The lake is clean, as the survey of 2019 shows for all of its
shores. I have walked along it for twenty years, and I have never seen it so clear, in spring or in autumn.</p></div></article>
<ol class="comment-list"><li class="comment depth-1"><article class="comment-body"><footer><div class="comment-author"><b class="fn">Ben Moss</b>
<span>says:</span></div></footer><div class="comment-content"><p>{SAID}</p></div></article>
<ol class="children"><li class="comment depth-2"><article class="comment-body"><div class="comment-author"><b class="fn">Ada Orr</b></div>
<div class="comment-content"><p>{ANSWER}</p></div></article></li></ol></li>
<li class="comment depth-1"><article class="comment-body"><div class="comment-content"><p>Nobody asked the mill, which is odd.</p></div></article>
</li></ol></main></body></html>"""
NEWS: Final = f"""<html><body><table class="comment-tree"><tr class="comtr"><td><span class="comhead"><a class="hnuser">bmoss</a></span>
<div class="comment"><div class="commtext c00">{SAID}</div></div></td></tr></table></body></html>"""
FORUM: Final = f"""<html><body><div itemprop="comment"><span itemprop="author"><span itemprop="name">Ben Moss</span></span>
<div itemprop="text">{SAID}</div></div></body></html>"""


def test_each_comment_of_a_blog_is_somebodys() -> None:
    """Answers are their writers'; one without a name has none; the article and its author stay as they are."""
    text = read_bytes(BLOG.encode(), "lake.html").text
    assert [line for line in text.split("\n") if ":" in line] == [f"Ben Moss: {SAID}", f"Ada Orr: {ANSWER}"]
    assert "\n\nNobody asked the mill" in text
    assert text.startswith("The lake is clean")


@pytest.mark.parametrize("page", [NEWS, FORUM])
def test_other_markups_are_known(page: str) -> None:
    """Hacker News, and schema.org's."""
    assert f": {SAID}" in with_commenters(page)


@pytest.mark.parametrize(
    "page", ["", "<p>One &amp; two</p>", "<html><body><p class='comment'>No name</p>", "comment \x00 <<<>", BLOG[:400]]
)
def test_any_other_page_is_left_alone(page: str) -> None:
    """To the letter, whatever it is."""
    assert with_commenters(page) == page
