"""The tornado chart of the report."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

from explorer.question_summaries import AnswerSummary, CruxSummary, QuestionSummary
from explorer.tornadoes import LABELS, WIDTH, tornado_chart

SVG = "{http://www.w3.org/2000/svg}"


def question(*moves: tuple[float, float]) -> QuestionSummary:
    """A question whose cruxes move its first answer so."""
    answers = tuple(AnswerSummary(f"answer-{name}", name, f"It is {name}.", 0.5, 0.6, 0.6, 0.6) for name in ("a", "b"))
    cruxes = tuple(
        CruxSummary(
            f"claim-{at}", "claim", f"Claim <{at}> & more", "", 0.5, 0.1, 0.2, 1.0, (true, 1 - true), (false, 1 - false), (), (), True
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
    assert "now 60%" in tree.attrib["aria-label"]


def test_no_crux_no_chart() -> None:
    """A question without cruxes has none to draw."""
    assert str(tornado_chart(replace(question(), cruxes=()))) == ""
