"""The texts on who says what: right answers earn all, a flat reader who gives everything to the author nothing of what is nested."""

from __future__ import annotations

import pytest

from evals.errors import SuiteUnusable
from evals.suites import nested_quoting
from evals.suites.nested_quoting import MEASURES, Statement, Text, nested_suite, scores_of
from knowledge.vocabulary import Stance
from prompts.tasks.ingestion import ExtractedAssertion, Extraction

TEXTS = nested_quoting.load()
WHOLE, NESTED, SPEAKER, STANCE, FOUND = (measure.id for measure in MEASURES)


def said(one: Statement, **other: object) -> ExtractedAssertion:
    """A statement as it was labelled, but for what is given."""
    fields = {"speaker": one.speaker[0], "reporters": tuple(names[0] for names in one.reporters), "stance": one.stances[0]}
    return ExtractedAssertion(quotation=one.quote, claim="It is as it is said.", **{**fields, **other})


@pytest.mark.parametrize("text", TEXTS.texts, ids=lambda text: text.key)
def test_right_answers_earn_all_and_flat_ones_nothing(text: Text) -> None:
    """Who says all in the author's voice finds all and gets no nested statement right; one reporter less or more is wrong."""

    def scored(*assertions: ExtractedAssertion) -> dict[str, float | None]:
        return {name: score.value for name, score in scores_of(Extraction(assertions=assertions), text).items()}

    assert set(scored(*(said(one) for one in text.statements)).values()) == {1.0}
    assert scored(*(said(one, speaker="Nobody Known", reporters=()) for one in text.statements))[WHOLE] == 0
    assert scored(*(said(one, reporters=()) for one in text.statements))[NESTED] == 0
    assert scored(*(said(one, reporters=("Nobody Known", *said(one).reporters)) for one in text.statements))[NESTED] == 0
    silent = scored()
    assert (silent[WHOLE], silent[FOUND], silent[SPEAKER]) == (0, 0, None)
    turned = scored(*(said(one, stance=next(other for other in Stance if other not in one.stances)) for one in text.statements))
    assert (turned[STANCE], turned[WHOLE]) == (0, 1)


def test_a_clause_is_found_in_the_sentence_that_holds_it() -> None:
    """Quoting more or less than the label is no miss; quoting the next sentence is."""
    text = TEXTS.texts[0]
    one = text.statements[0]
    start = text.text.index(one.quote)
    wider = text.text[max(0, start - 10) : start + len(one.quote) + 10].strip()
    elsewhere = text.text[start + len(one.quote) + 40 :][:60].strip()
    for quotation, share in ((wider, 1), (one.quote[: len(one.quote) * 2 // 3], 1), (elsewhere, 0)):
        answer = Extraction(assertions=(said(one).model_copy(update={"quotation": quotation}),))
        assert scores_of(answer, text.model_copy(update={"statements": (one,)}))[FOUND].value == share


def test_most_statements_come_through_somebody_and_no_two_texts_share_names() -> None:
    """The suite measures what it says, and nobody gets one text right by another."""
    statements = [one for text in TEXTS.texts for one in text.statements]
    assert len(statements) >= 90
    assert sum(bool(one.reporters) for one in statements) >= 50
    assert sum(len(one.reporters) > 1 for one in statements) >= 5
    assert len(nested_suite().cases) == len(TEXTS.texts) >= 15


def test_a_label_that_is_not_in_its_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quotation stands once, or nobody could say which one is meant."""
    text = TEXTS.texts[0]
    broken = text.model_copy(update={"text": f"{text.text}\n{text.text}"})
    monkeypatch.setattr(nested_quoting, "load", lambda: TEXTS.model_copy(update={"texts": (broken,)}))
    with pytest.raises(SuiteUnusable, match="stand there once"):
        nested_suite()
