"""The site in a real browser: no error, nothing runs that is not ours, found by search, reached by keyboard, passed by axe."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from credence.engine import assess, main_question
from explorer.networks import export_network
from explorer.rendering import ASSETS
from explorer.reports import write_report
from explorer.summaries import summarise
from knowledge.records import Answer, Link
from tests.explorer.browsing import CHROMIUM, WINDOWS, Watched, launched, resized, violations
from tests.explorer.conftest import FACTS, small_case
from tests.explorer.sites import dead_links, kinds_of_pages, large_case, site_of
from tests.explorer.test_sites import hostile_case
from tests.explorer.visiting import visit

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with launched() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the small case."""
    return site_of(small_case(), tmp_path_factory.mktemp("site"))


def test_every_kind_of_page_is_quiet_fits_and_passes_axe(browser: Browser, site: Path) -> None:
    """No console message, no request beyond the folder, nothing wider than the window, and WCAG 2.2 AA as far as axe can tell."""
    with Watched(browser) as watched:
        for path in kinds_of_pages(site):
            for width, scheme in WINDOWS:
                page = resized(watched, path, width=width, scheme=scheme)
                assert violations(page) == [], (path.name, width, scheme)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (path.name, width, scheme)
        assert watched.complaints == []


def test_the_report_passes_axe(browser: Browser, tmp_path: Path) -> None:
    """The one-page report is quiet, fits narrow windows and passes the same checks, with all of it opened."""
    view = small_case().view()
    _, path = write_report(tmp_path, summarise(view, assess(view), FACTS), view, small_case().texts.__getitem__)
    with Watched(browser, viewport={"width": 380, "height": 900}) as watched:
        page = watched.open(path)
        page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 380
        assert watched.complaints == []


def test_hostile_text_runs_nothing(browser: Browser, tmp_path: Path) -> None:
    """Pages made of scripts, handlers, right-to-left marks and very long words open in silence and stay within their window."""
    built = hostile_case()
    site = site_of(built, tmp_path / "site")
    with Watched(browser, viewport={"width": 400, "height": 900}) as watched:
        for path in site.glob("*.html"):
            page = watched.open(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 400, path.name
        page.fill(".find input", "<script>alert")
        page.wait_for_selector(".found a")
        assert watched.complaints == []


def test_search_finds_and_goes_there_by_keyboard(browser: Browser, site: Path) -> None:
    """A slash puts the cursor in the search; typing lists what is found; arrow and Enter go there."""
    built = small_case()
    with Watched(browser) as watched:
        page = watched.open(site / "index.html")
        page.keyboard.press("/")
        page.keyboard.type("siren mill")
        page.wait_for_selector(".found a")
        assert "No siren sounded on Mill Lane." in page.inner_text(".found")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/{built.claims['siren'].id}.html")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert watched.complaints == []


def test_a_quotation_is_lit_in_its_source(browser: Browser, site: Path) -> None:
    """Following a quotation shows it lit in the whole text."""
    built = small_case()
    with Watched(browser) as watched:
        page = watched.open(site / f"{built.claims['drowned'].id}.html")
        page.click("text=What the weir did not do")
        page.wait_for_selector("mark.lit")
        assert page.inner_text("mark.lit") == "the Calder gauge was drowned and its reading means nothing"


def test_without_scripts_all_can_be_read(browser: Browser, site: Path) -> None:
    """With scripts turned off, nothing is shown that doesn't work, and nothing but comfort is missing."""
    with Watched(browser, java_script_enabled=False) as watched:
        page = watched.open(site / "cruxes.html")
        assert not page.is_visible(".find")
        assert not page.is_visible(".what-if")
        assert page.is_visible("main table td a")
        page = watched.open(site / "claims.html")
        assert not page.is_visible("[data-filters]")
        assert page.is_visible("text=The weir raised the river by forty centimetres")


@pytest.fixture(scope="module")
def engine(browser: Browser) -> Iterator[Page]:
    """A page that holds nothing but the engine's script."""
    with Watched(browser) as watched:
        watched.page.add_script_tag(path=ASSETS / "whatif.js")
        yield watched.page


def test_the_page_agrees_with_the_engine(engine: Page) -> None:
    """Supposing each crux settled gives the engine's own numbers to 1e-6; supposing nothing gives the published credences."""
    view = small_case().view()
    question = main_question(view)
    assessed = next(one for one in assess(view).questions if one.question == question.id)
    network = export_network(view, question.id, settle=[crux.subject for crux in assessed.cruxes])
    ask = "([network, supposed]) => CRUXMAP_ENGINE.answers(network, supposed)"
    assert engine.evaluate(ask, [network, {}]) == pytest.approx([answer.probability for answer in assessed.answers], abs=1e-6)
    assert assessed.cruxes
    for crux in assessed.cruxes:
        so = engine.evaluate(ask, [network, {crux.subject: 1}])
        not_so = engine.evaluate(ask, [network, {crux.subject: 0}])
        third = engine.evaluate(ask, [network, {crux.subject: 0.3}])
        assert so == pytest.approx(crux.if_true, abs=1e-6)
        assert not_so == pytest.approx(crux.if_false, abs=1e-6)
        assert third == pytest.approx([0.3 * a + 0.7 * b for a, b in zip(crux.if_true, crux.if_false, strict=True)], abs=1e-6)


def test_moving_the_sliders_shows_what_python_computes(browser: Browser, site: Path) -> None:
    """Two sliders moved by keyboard show the answers of the network in which both claims are that probable."""
    view = small_case().view()
    question = main_question(view)
    assessed = next(one for one in assess(view).questions if one.question == question.id)
    network = export_network(view, question.id, settle=[crux.subject for crux in assessed.cruxes])
    with Watched(browser) as watched:
        page = watched.open(site / "cruxes.html")
        names = page.eval_on_selector_all(".what-if input[type=range]", "all => all.map((one) => one.name)")[:2]
        for name, key in zip(names, ("End", "Home"), strict=True):
            page.focus(f".what-if input[name='{name}']")
            page.keyboard.press(key)
        shown = page.eval_on_selector_all(".what-if .bar", "all => all.map((one) => parseFloat(one.getAttribute('width')) / 100)")
    joint = brute_force(network, [0, *(network["subjects"][name] for name in names)])[:, 1, 0]
    modelled = joint / joint.sum()
    expected = (1 - network["error"]) * modelled + network["error"] * np.array(network["unsound"])
    assert shown == pytest.approx(expected.tolist(), abs=1e-6)


def brute_force(network: dict[str, Any], wanted: list[int]) -> np.ndarray[Any, Any]:
    """Sum the whole joint distribution: P(wanted together | evidence), unnormalised, by no trick at all."""
    operands: list[Any] = []
    for variables, table in network["factors"]:
        operands += [np.array(table).reshape([network["states"][variable] for variable in variables]), variables]
    return np.einsum(*operands, wanted, optimize="greedy")


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    """Small networks of any shape: a question with two to four answers, claims, and tables over up to four of them."""
    count = draw(st.integers(2, 8))
    states = [draw(st.integers(2, 4)), *([2] * (count - 1))]
    factors: list[Any] = []
    scopes = draw(st.lists(st.lists(st.integers(0, count - 1), min_size=1, max_size=4, unique=True), max_size=8))
    for variables in [*([place] for place in range(count)), *scopes]:
        size = int(np.prod([states[variable] for variable in variables]))
        factors.append([variables, draw(st.lists(st.floats(0.01, 0.99), min_size=size, max_size=size))])
    return {"states": states, "factors": factors}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(network=networks(), data=st.data())
def test_elimination_equals_brute_force(engine: Page, network: dict[str, Any], data: st.DataObject) -> None:
    """On networks of any shape the page's elimination gives the joint that summing everything gives."""
    others = data.draw(st.sets(st.integers(1, len(network["states"]) - 1), max_size=3))
    wanted = [0, *sorted(others)]
    found = engine.evaluate("([network, wanted]) => Array.from(CRUXMAP_ENGINE.joint(network, wanted).table)", [network, wanted])
    expected = brute_force(network, wanted)
    assert found == pytest.approx((expected / expected.sum()).ravel().tolist(), abs=1e-9)


SHOWN = "CRUXMAP_SHOWN().map((one) => one.id).filter((id) => id)"


def test_the_map_is_walked_and_narrowed(browser: Browser, site: Path) -> None:
    """By keyboard alone: from an answer down to a claim, told in words, opened, all that touches it, back; a word leaves what it fits."""
    built = small_case()
    with Watched(browser) as watched:
        page = watched.open(site / "map.html")
        page.focus("#map")
        page.keyboard.press("Home")
        page.keyboard.press("ArrowDown")
        told = page.inner_text("#picked")
        assert "because:" in told
        assert "Said by" in told or "%" in told
        page.keyboard.press("z")
        assert page.inner_text("#map-title") == "What touches one claim"
        page.keyboard.press("Escape")
        assert page.inner_text("#map-title") == "What made the flood of 2019 at Calder as bad as it was?"
        page.fill(".map-tools [name=words]", "steps")
        page.wait_for_selector("#matches:not(:empty)")
        assert built.claims["steps"].id in page.evaluate(SHOWN)
        assert built.claims["gauge"].id not in page.evaluate(SHOWN)
        page.fill(".map-tools [name=words]", "")
        page.wait_for_selector("#matches:empty", state="attached")
        page.focus("#map")
        page.keyboard.press("Home")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/claim-*.html")
        assert watched.complaints == []


def test_what_is_folded_opens_by_key(browser: Browser, site: Path) -> None:
    """Right opens what hangs below a claim, an attack on a step among it, and left folds it again."""
    built = small_case()
    drowned = built.claims["drowned"].id
    with Watched(browser) as watched:
        page = watched.open(site / "map.html", f"#{built.claims['raised'].id}")
        before = page.evaluate(SHOWN)
        assert built.claims["gauge"].id in before
        assert drowned not in before
        page.focus("#map")
        page.keyboard.press("Home")
        for _ in range(len(before)):
            page.keyboard.press("ArrowDown")
            if page.evaluate("CRUXMAP_MAP.nodes('.here').data('record')") == built.claims["gauge"].id:
                break
        page.keyboard.press("ArrowRight")
        assert drowned in page.evaluate(SHOWN)
        page.keyboard.press("ArrowLeft")
        assert page.evaluate(SHOWN) == before
        assert watched.complaints == []


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_the_map_holds_every_claim_and_link(browser: Browser, site: Path, width: int) -> None:
    """With everything open, every claim and link of the knowledge base is on some part of the map and in its list; no boxes overlap."""
    view = small_case().view()
    claims: set[str] = set()
    links: set[str] = set()
    with Watched(browser, viewport={"width": width, "height": 900}) as watched:
        page = watched.open(site / "map.html")
        for part in page.eval_on_selector_all("[name=part] option", "all => all.map((one) => one.value)"):
            page.select_option("[name=part]", part)
            page.click("[data-do=open]")
            claims |= set(page.evaluate(SHOWN))
            links |= set(page.evaluate("CRUXMAP_SHOWN().map((one) => one.line).filter((id) => id)"))
            boxes = page.evaluate(
                "CRUXMAP_MAP.nodes('.box').map((node) => [node.position('x'), node.position('y'), node.width(), node.height()])"
            )
            for a, b in itertools.combinations(boxes, 2):
                assert abs(a[0] - b[0]) * 2 >= a[2] + b[2] - 1 or abs(a[1] - b[1]) * 2 >= a[3] + b[3] - 1
        assert {*view.members, *(answer.id for answer in view.all(Answer))} <= claims
        assert {link.id for link in view.all(Link)} <= links
        assert set(page.eval_on_selector_all(".outline a", "all => all.map((one) => one.getAttribute('href'))")) >= {
            f"{claim}.html" for claim in view.members
        }
        assert watched.complaints == []


EVERY = 50
"""Of two thousand pages of claims, all made by one template, every so manieth is opened; `benchmarks/site_pages.py` opens all."""
FRAMES = """async () => {
    const times = [];
    for (let i = 0; i < 60; i++) {
        const start = performance.now();
        CRUXMAP_MAP.panBy({ x: 5, y: 3 });
        await new Promise((done) => requestAnimationFrame(done));
        times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[30];
}"""
"""Milliseconds of the median frame while the map moves."""


@pytest.mark.slow
def test_two_thousand_claims_open_and_move_smoothly(browser: Browser, tmp_path: Path) -> None:
    """Of a generated base of 2,000 claims pages open in silence, and the map within five seconds; it moves at 20 frames a second, all open."""
    site = site_of(large_case(2000), tmp_path / "site")
    assert list(dead_links(site)) == []
    with Watched(browser) as watched:
        page = watched.open(site / "map.html")
        page.wait_for_selector("#map canvas", timeout=20_000)
        assert page.evaluate("performance.now()") < 5000
        assert page.evaluate(FRAMES) < 50
        assert page.evaluate("CRUXMAP_SHOWN().length") < 100  # folded: what can be read
        start = page.evaluate("performance.now()")
        page.click("[data-do=open]")
        assert page.evaluate("performance.now()") - start < 5000
        assert page.evaluate("CRUXMAP_SHOWN().length") > 2000
        assert page.evaluate(FRAMES) < 50
        page.fill(".find input", "statement 7 of source 3 ")
        page.wait_for_selector(".found a")
        assert watched.complaints == []
    claims = sorted(site.glob("claim-*.html"))
    others = sorted(set(site.glob("*.html")) - set(claims))
    assert visit(browser, [*others, *claims[::EVERY]]).complaints == ()
