"""What results lean on through their documents, and what shares it."""

from __future__ import annotations

import pytest

from credence.leaning import Leanings
from credence.results import QuestionAssessment
from knowledge.blobs import digest_of_text
from knowledge.records import Alias, Assertion, Claim, Judgment, Passage, Reliance, Retraction, Source, Upstream
from knowledge.views import View
from knowledge.vocabulary import Quantity, RelianceKind, UpstreamKind
from tests.credence.builders import READER, YES, Argument, modelled


def document(argument: Argument, name: str, cohort: Upstream, results: tuple[float, ...], *, again: str = "") -> list[Claim]:
    """Add a document that says once which cohort it followed, and then gives results for claims of its own, none of which names it."""
    said = [f"{name} followed cohort {cohort.name}.", *(f"{name} found result {number}." for number in range(len(results)))]
    source = Source(title=f"{name}{again}", text=digest_of_text(" ".join(said)))
    argument.records += [source, cohort]
    claims = []
    for number, words in enumerate(said):
        start = " ".join(said).index(words)
        passage = Passage(source=source.id, start=start, end=start + len(words), text=words)
        claims.append(Claim(text=f"{name} {number}"))
        assertion = Assertion(claim=claims[-1].id, passage=passage.id, speaker=name)
        argument.records += [passage, claims[-1], assertion]
        argument.judged(assertion.id, Quantity.EVIDENCE, results[number - 1] if number else 0.1)
        if not number:
            argument.records.append(Reliance(record=assertion.id, upstream=cohort.id, how=RelianceKind.USES))
    return claims[1:]


def bearing(*documents: tuple[str, Upstream], copied: bool = False) -> QuestionAssessment:
    """Assess documents with two results each, all for YES; ``copied`` has the first one twice."""
    argument = Argument()
    for name, cohort in documents:
        for claim in document(argument, name, cohort, (1.5, 1.5)):
            argument.bears(claim, YES, 0.8, 0.2)
    if copied:
        document(argument, *documents[0], (1.5, 1.5), again=" (again)")
    return argument.result()


def test_results_lean_on_the_data_that_their_documents_share() -> None:
    """Results of two documents that follow one cohort count less than of two cohorts, though only the sentences on method name it."""
    one, other = (Upstream(name=name, kind=UpstreamKind.COHORT) for name in ("A", "B"))
    joint, apart = bearing(("Ames", one), ("Bose", one)), bearing(("Ames", one), ("Bose", other))
    assert apart.upstreams == ()
    assert [crux.subject for crux in joint.upstreams] == [one.id]
    assert modelled(joint)[0] < modelled(apart)[0]
    assert joint.answers[0].independent == pytest.approx(apart.answers[0].probability)
    assert joint.upstreams[0].if_false[0] < joint.answers[0].probability < joint.answers[0].independent


def test_a_copied_document_makes_no_upstream_shared() -> None:
    """The same document twice shares its data with itself, which makes nothing count less; nor more where another shares them."""
    one = Upstream(name="A", kind=UpstreamKind.COHORT)
    assert bearing(("Ames", one), copied=True).upstreams == ()
    assert modelled(bearing(("Ames", one), copied=True)) == pytest.approx(modelled(bearing(("Ames", one))), abs=1e-12)
    both = (("Ames", one), ("Bose", one))
    assert modelled(bearing(*both, copied=True)) == pytest.approx(modelled(bearing(*both)), abs=1e-12)


def test_a_documents_own_pool_hides_no_cohort_in_it() -> None:
    """A result that names what its document alone uses leans on the shared cohort too; one that names another shared cohort on that alone."""
    cohort, other, pool = (Upstream(name=name, kind=UpstreamKind.COHORT) for name in ("A", "B", "the updated meta-analysis"))
    argument = Argument()
    ames, _ = document(argument, "Ames", cohort, (1.5, 1.5))
    document(argument, "Bose", cohort, (1.5,))
    for name in ("Cole", "Dorn"):
        document(argument, name, other, (1.5,))
    result = next(one for one in argument.records if isinstance(one, Assertion) and one.claim == ames.id)

    def leanings(*named: Upstream) -> Leanings:
        reliances = [Reliance(record=result.id, upstream=one.id, how=RelianceKind.USES) for one in named]
        return Leanings(View.of([*argument.records, *named, *reliances]))

    assert leanings().through_document(result) == leanings(pool).through_document(result) == {cohort.id}
    assert leanings(other).through_document(result) == leanings(cohort).through_document(result) == frozenset()
    assert dict(leanings().shares(result)) == {cohort.id: 1 / 2}, "the cohort, and what it doesn't say"
    assert dict(leanings(pool).shares(result)) == {cohort.id: 1 / 3, pool.id: 1 / 3}, "its pool is one of its upstreams, not two"


def test_one_cohort_under_two_names_is_one_cohort() -> None:
    """With an alias the results of both documents lean on one upstream, count as if both named it alike, and fail as one."""
    one, other = (Upstream(name=name, kind=UpstreamKind.COHORT) for name in ("A", "the women whom we followed"))
    argument = Argument()
    for name, cohort in (("Ames", one), ("Bose", other)):
        for claim in document(argument, name, cohort, (1.5, 1.5)):
            argument.bears(claim, YES, 0.8, 0.2)
    alias = Alias(member=other.id, representative=one.id, reason="the same women")
    apart, joint = argument.result(), argument.result([*argument.records, alias])
    assert modelled(joint) == pytest.approx(modelled(bearing(("Ames", one), ("Bose", one))), abs=1e-12)
    assert modelled(joint)[0] < modelled(apart)[0]
    assert [crux.subject for crux in joint.upstreams] == [one.id]
    doubt = Judgment(record=other.id, quantity=Quantity.WARRANT, value=0.05, perspective=READER.id, judge="Cole", reason="lost files")
    assert modelled(argument.result([*argument.records, alias, doubt]))[0] < modelled(joint)[0]
    parted = [*argument.records, alias, Retraction(record=alias.id, reason="they are two")]
    assert modelled(argument.result(parted)) == pytest.approx(modelled(apart), abs=1e-12)
