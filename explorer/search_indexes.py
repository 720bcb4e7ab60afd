"""The index of a site's search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from explorer.addresses import speaker_page
from explorer.materials import Material
from explorer.pages import SpeakerPage
from explorer.position_pages import PositionPage
from knowledge.records import Upstream


def search_index(
    material: Material, speakers: Sequence[SpeakerPage], positions: Sequence[PositionPage]
) -> Iterator[tuple[str, str, str, str]]:
    """Yield (kind, title, address, further words) of all that the search finds."""
    summary, to = material.summary, material.to
    for question in summary.questions:
        yield "question", question.text, to(question.id), ""
        for answer in question.answers:
            yield "answer", answer.text, to(answer.id), answer.name
    for claim in material.claims:
        yield "claim", claim.text, to(claim.id), " ".join(dict.fromkeys(one.speaker for one in claim.quotations))
    for source in summary.sources:
        yield "source", source.title, to(source.id), f"{' '.join(source.authors)} {source.publisher} {source.published}"
    for page in speakers:
        yield "speaker", page.name, speaker_page(page.name), ""
    for position in positions:
        yield "position", position.title, position.address, " ".join(name for name, _ in position.speakers)
    for finding in (*summary.findings, *summary.to_mend):
        yield "finding", f"{finding.kind.replace('_', ' ')}: {finding.subject}", to(finding.id), finding.verdict
    for upstream in material.view.all(Upstream):
        yield "origin", upstream.name, to(upstream.id), upstream.kind.value
