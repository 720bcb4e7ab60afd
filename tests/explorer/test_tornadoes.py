"""The tornado chart of the report."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

from explorer.question_summaries import AnswerSummary, CruxSummary, QuestionSummary
from explorer.sensitivities import Sensitivities, Sensitivity
from explorer.tornadoes import LABELS, WIDTH, sensitivity_chart, tornado_chart

SVG = "{http://www.w3.org/2000/svg}"


def question(*moves: tuple[float, float]) -> QuestionSummary:
    """A question whose cruxes move its first answer so."""
    answers = tuple(AnswerSummary(f"answer-{name}", name, f"It is {name}.", 0.5, 0.6, 0.6, 0.6) for name in ("a", "b"))
    cruxes = tuple(
        CruxSummary(
            f"claim-{at}", "claim", f"Claim <{at}> & more", "", 0.5, 0.1, 0.2, 1.0, (true, 1 - true), (false, 1 - false), (), (), (), True
        )
        for at, (true, false) in enumerate(moves)
    )
    return QuestionSummary("question-1", "q", "Which?", answers, cruxes, False, 0.0, 1, 1.0, "exact", 0.0, 0, ())


def test_a_bar_for_each_crux_from_where_the_answer_would_go_if_false_to_if_true() -> None:
    """The widest first, in proportion, inside the scale, and well-formed whatever claims hold; the words say the same."""
    chart = str(tornado_chart(question((0.7, 0.5), (0.9, 0.2))))
    tree = ET.fromstring(chart.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
    bars = [float(bar.attrib["width"]) for bar in tree.iter(f"{SVG}rect") if bar.attrib["class"] == "span"]
    assert abs(bars[0] / bars[1] - 3.5) < 0.01
    assert all(LABELS <= float(dot.attrib["cx"]) <= WIDTH for dot in tree.iter(f"{SVG}circle"))
    titles = [title.text or "" for title in tree.iter(f"{SVG}title")]
    assert titles[0].startswith("Claim <1> & more: 90% (9 in 10) if true, 20%")
    assert tree.attrib["aria-label"].endswith(f"now 60%. {titles[0]}; {titles[1]}"), "who can't see the marks hears what they say"


def test_no_crux_no_chart() -> None:
    """A question without cruxes has none to draw."""
    assert str(tornado_chart(replace(question(), cruxes=()))) == ""


def test_a_judgments_bar_goes_from_where_the_answer_is_if_it_is_lower_to_where_it_is_if_higher() -> None:
    """Both ends lie where they belong on a scale that holds all, and the words tell by how much the judgment is off."""
    bars = (Sensitivity("link-1", "whether <this> holds", 0.5, 0.4, 0.8), Sensitivity("link-2", "another", 0.5, 0.62, 0.58))
    chart = str(sensitivity_chart(Sensitivities("a", 0.6, bars)))
    tree = ET.fromstring(chart.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
    circles = [float(dot.attrib["cx"]) for dot in tree.iter(f"{SVG}circle")]
    squares = [float(mark.attrib["x"]) + 5 for mark in tree.iter(f"{SVG}rect") if mark.attrib["class"] == "if-false"]
    assert circles[0] > squares[0]
    assert circles[1] < squares[1]
    assert abs((circles[0] - squares[0]) / (squares[1] - circles[1]) - 10) < 0.1
    titles = [title.text or "" for title in tree.iter(f"{SVG}title")]
    assert titles[0] == "whether <this> holds: 40% if it is 2.2 dB lower, 80% if 2.2 dB higher"
    assert tree.attrib["aria-label"].endswith(f"now 60%. {titles[0]}; {titles[1]}"), "who can't see the marks hears what they say"
    assert str(sensitivity_chart(Sensitivities("a", 0.6, ()))) == ""
