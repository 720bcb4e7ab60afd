"""Templates: one environment for the report and the site, everything escaped, files replaced at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

import jinja2
from markupsafe import Markup, escape

from credence import words
from credence.disputed import NOTICEABLE
from explorer import charts, phrases, wording
from explorer.tornadoes import sensitivity_chart, tornado_chart
from knowledge.records import UNKNOWN

ASSETS: Final = Path(__file__).parent / "assets"
_WEB: Final = re.compile(r"https?://[^\s]+", re.IGNORECASE)


@cache
def templates() -> jinja2.Environment:
    """Return the environment; a variable that a template misses is an error, not an empty place."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("explorer"),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": wording.percent,
        "weblink": _web_link,
        "plain": plain_markdown,
        "autolink": _markdown_link,
        "words": phrases.named,
        "counted": wording.counted,
        "sentence": lambda text: text[:1].upper() + text[1:],
        "date": lambda date, what="date": f"{what} unknown" if date == UNKNOWN else date,
    }
    environment.globals |= {
        "credence_bar": charts.credence_bar,
        "dumbbell": charts.dumbbell,
        "tornado_chart": tornado_chart,
        "sensitivity_chart": sensitivity_chart,
        "interval": charts.interval,
        "shift": charts.shift,
        "standing": wording.standing,
        "provisional": wording.provisional,
        "verdict": wording.verdict,
        "pillar_moves": wording.pillar_moves,
        "times": words.times,
        "apart": lambda lower, higher: "{} if lower, {} if higher".format(*words.told_apart(lower, higher)),
        "who_holds": wording.who_holds,
        "asked": wording.asked,
        "within": wording.within,
        "noise_of": wording.noise_of,
        "noticeable": words.points(NOTICEABLE),
        "moves": wording.moves,
        "within_inquiry": wording.within_inquiry,
        "framing": wording.framing,
        "in_short": wording.in_short,
        "in_such_cases": wording.in_such_cases,
        "by_argument_alone": wording.by_argument_alone,
        "why_decisive": wording.why_decisive,
        "band": wording.band,
        "stance_words": phrases.stance_words,
        "side_story": wording.side_story,
        "asset": _asset,
    }
    return environment


def render(template: str, path: Path, shown: Mapping[str, object], *, mode: int = 0o600) -> Path:
    """Render a template into a file; a reader sees the old page or the new."""
    return write_text(path, templates().get_template(template).render(shown), mode=mode)


def write_text(path: Path, text: str, *, mode: int) -> Path:
    """Replace a file at once."""
    aside = path.with_name(path.name + ".tmp")
    aside.touch(mode=mode)
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
    return path


def _asset(name: str) -> Markup:
    """Return one of our own style sheets or scripts, to stand in a page as it is."""
    return Markup((ASSETS / name).read_text(encoding="utf-8"))  # noqa: S704  # files of this package, not of a source


def _web_link(url: str, text: str) -> Markup:
    """Link to an address of the web; anything else stays text."""
    if _WEB.fullmatch(url):
        return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(url, text)
    return escape(text)


def _markdown_link(url: str) -> str:
    """Write an address of the web as a Markdown link to itself; anything else as text."""
    if _WEB.fullmatch(url):
        return f"<{quote(url, safe=':/?&=#%@+,;~!*$.-_')}>"
    return plain_markdown(url)


def plain_markdown(text: str) -> str:
    """Keep a source's words from being read as Markdown or HTML."""
    flat = " ".join(text.split())
    return re.sub(r"([\\`*_{}\[\]<>#|!~$&])", r"\\\1", flat)
