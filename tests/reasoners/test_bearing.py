"""The baseline's guess whether a claim speaks for an answer or against it."""

from __future__ import annotations

import pytest

from knowledge.vocabulary import Relation
from prompts.tasks.claims import PlacedClaim
from prompts.tasks.structuring import NumberedAnswer, PosedQuestion, RelateInputs
from reasoners.baseline.bearing import Bearer
from sources.embedding import Embedder

ANSWERS = (
    NumberedAnswer(number=1, text="Social media use comes first and depression follows.", also_called=("use predicts depression",)),
    NumberedAnswer(number=2, text="Family trouble makes up most of the association.", also_called=("confounding",)),
)


@pytest.mark.parametrize(
    ("claim", "relation"),
    [
        ("Social media use is followed by depression.", Relation.SUPPORTS),
        ("No good evidence shows that depression follows the use of social media, and he did not see it abroad.", Relation.ATTACKS),
        ("The association of social media use with later depression is indistinguishable from zero.", Relation.ATTACKS),
        ("Social media use is not followed by depression.", Relation.ATTACKS),
        ("It is not unlikely that social media use comes first and depression follows.", Relation.SUPPORTS),
        ("It is unlikely that social media use comes first and depression follows.", Relation.ATTACKS),
        ("Confounding is less likely to explain the association, although it can't be excluded.", Relation.ATTACKS),
    ],
)
def test_a_denial_is_no_reason_for_what_it_denies(claim: str, relation: Relation) -> None:
    """Whatever stands behind the main clause, in a concession or a further statement, doesn't turn it round again."""
    question = PosedQuestion(text="Which way does it run?", answers=ANSWERS)
    inputs = RelateInputs(questions=(question,), documents=(), claims=(PlacedClaim(number=1, claim=claim),))
    assert [step.relation for step in Bearer(Embedder()).bear(inputs)] == [relation]
