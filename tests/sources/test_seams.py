"""What a part that begins inside a document is told of what stands before it."""

from __future__ import annotations

from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.normalising import normalise
from sources.reading import read_bytes
from sources.seams import LAST_WORDS, seam
from sources.segmenting import parts, segments
from tests.sources.test_text import PROSE, texts

SAID = "The gauge was read on day {}. It was dry. Nobody doubted what it showed, since the wall had been mended by then."


def spoken(raw: str, *, name: str = "talk.txt", size: int = 1_500) -> list[tuple[str, str]]:
    """Read a document in parts; return of each but the first who is said to be speaking there, and how it begins."""
    text = read_bytes(raw.encode(), name).text
    return [(seam(text, part.start).speaker, text[part.start : part.end].strip()) for part in parts(text, size)[1:]]


def told_before(text: str, place: str) -> str:
    """Return whose label (``Ada Ode`` or ``Ben Marsh``) stands last before a stretch of a text."""
    above = text[: text.index(place)]
    return max("Ada Ode", "Ben Marsh", key=lambda name: above.casefold().rfind(name.casefold()))


def turns(opening: dict[str, str], *, each: int = 9, count: int = 12) -> str:
    """Let two speak in turn, in paragraphs of which only the first of a turn names who speaks."""
    lines = iter(range(1, each * count + 1))
    said = []
    for _, label in zip(range(count), cycle(opening.values()), strict=False):
        said += [label + SAID.format(next(lines)), *(SAID.format(next(lines)) for _ in range(each - 1))]
    return "\n\n".join(said)


@pytest.mark.parametrize(
    "opening",
    [
        {"a": "Ada Ode: ", "b": "Ben Marsh: "},
        {"a": "ADA ODE: ", "b": "BEN MARSH (BBC): "},
        {"a": "[00:12] Ada Ode: ", "b": "[01:14:30] Ben Marsh: "},
        {"a": "Ada Ode 0:12\n\n", "b": "Ben Marsh 10:14\n\n"},
        {"a": "**Ada Ode:** ", "b": "**Ben Marsh:** "},
        {"a": ">> Ada Ode: ", "b": ">> Ben Marsh: "},
        {"a": "Ada Ode says:\n\nMay 3, 2020 at 5:14 pm\n\n", "b": "Ben Marsh says:\n\nMay 4, 2020 at 9:02 am\n\n"},
        {"a": "Ada Ode 5 points 3 hours ago\n\n", "b": "Ben Marsh 2 points 1 hour ago\n\n"},
        {"a": "Posted by Ada Ode on 3 May 2020, 17:14\n\n", "b": "Posted by Ben Marsh on 3 May 2020, 18:40\n\n"},
    ],
    ids=lambda opening: opening["a"].strip(),
)
def test_who_speaks_at_a_seam_is_known_from_the_last_label(opening: dict[str, str]) -> None:
    """In interviews, transcripts and threads of comments; a part that begins with a label of its own needs none."""
    raw = turns(opening)
    text = read_bytes(raw.encode(), "talk.txt").text
    found = spoken(raw)
    assert len(found) > 5
    assert sum(bool(speaker) for speaker, _ in found) > 5
    for speaker, beginning in found:
        if speaker:
            assert speaker.casefold() == told_before(text, beginning[:200]).casefold()
        else:
            assert "Ada Ode" in beginning[:60].title() or "Ben Marsh" in beginning[:60].title()


def test_a_transcript_with_times_names_who_goes_on() -> None:
    """WebVTT that names a speaker where they begin, as captions do: the cues in between are theirs."""
    names = cycle(["Ada Ode: ", *[""] * 24, "Ben Marsh: ", *[""] * 19])
    cues = [
        f"{n}\n00:{n // 60:02}:{n % 60:02}.000 --> 00:{n // 60:02}:{n % 60:02}.900\n{next(names)}{SAID.format(n)}" for n in range(1, 200)
    ]
    raw = "WEBVTT\n\n" + "\n\n".join(cues)
    text = read_bytes(raw.encode(), "talk.vtt").text
    found = spoken(raw, name="talk.vtt", size=2_000)
    assert any(speaker for speaker, _ in found)
    for speaker, beginning in found:
        assert speaker == told_before(text, beginning[:200]) or (not speaker and beginning.startswith(("Ada Ode: ", "Ben Marsh: ")))


def test_a_voice_of_webvtt_ends_with_its_cue() -> None:
    """The format says so: of the next cue without a voice nobody knows whose it is."""
    long_cue = " ".join(SAID.format(n) for n in range(60))
    cues = [f"{n:02}:00.000 --> {n + 1:02}:00.000\n{voice}{long_cue}" for n, voice in enumerate(["<v Ada Ode>", ""] * 3)]
    speakers = [speaker for speaker, _ in spoken("WEBVTT\n\n" + "\n\n".join(cues), name="talk.vtt", size=4_000)]
    assert [speaker for speaker in speakers if speaker] == ["Ada Ode", "Unknown Speaker"] * 3


def test_a_quotation_that_goes_on_is_given_to_what_introduced_it() -> None:
    """However far above that stands; one that nothing introduces is nobody's, also where comments around it have authors."""
    quoted = "\n\n".join(f"> {SAID.format(n)}" for n in range(40))
    plain = "\n\n".join(SAID.format(n) for n in range(40))
    introduced = spoken(f"{plain}\n\nI asked Ada Ode. She wrote me:\n\n{quoted}\n\n{plain}")
    inside = [speaker for speaker, beginning in introduced if beginning.startswith(">")]
    assert len(inside) > 2
    assert all(speaker.endswith("I asked Ada Ode. She wrote me") for speaker in inside)
    assert not any(speaker for speaker, beginning in introduced if not beginning.startswith(">"))
    thread = "".join(f"{name} 2 hours ago\n\n{quoted}\n\n" for name in ("Ada Ode", "Ben Marsh", "Ada Ode"))
    assert not any(speaker for speaker, beginning in spoken(thread) if beginning.startswith(">"))


def test_a_quotation_of_paragraphs_that_each_open_anew_is_one() -> None:
    """As print has it: a mark at the beginning of each paragraph, one at the end of the last."""
    quoted = "\n\n".join(f'"{SAID.format(n)}' for n in range(30))
    found = spoken(f'Ada Ode told the court:\n\n{quoted}"\n\n' + "\n\n".join(f'"{SAID.format(n)}" So they say.' for n in range(30)))
    speakers = [speaker for speaker, _ in found]
    assert speakers[0] == speakers[1] == "Ada Ode told the court"
    assert speakers[-1] == ""


@pytest.mark.parametrize(
    "labels",
    [
        ("Claim: ", "Status: "),
        ("Primary source: ", "Verdict: "),
        ("", ""),
        ("# Ada Ode\n\n", "# Ben Marsh\n\n"),
    ],
)
def test_labels_that_name_nobody_are_no_speakers(labels: tuple[str, str]) -> None:
    """Fields of a form are words that the text writes small as well; where nothing shows who speaks nobody is named."""
    first, second = labels
    remark = "Whatever the claim, its source, its verdict or its status: it is a matter of the primary gauge."
    found = spoken(remark + "\n\n" + turns({"a": first, "b": second}))
    assert len(found) > 5
    assert not any(speaker for speaker, _ in found)


def test_a_few_lines_of_dialogue_make_no_transcript() -> None:
    """The author speaks after them."""
    dialogue = "Ada: Did it leak?\n\nBen: It did.\n\nAda: Who saw it?\n\nBen: I did."
    found = spoken(dialogue + "\n\n" + "\n\n".join(SAID.format(n) for n in range(200)))
    assert not any(speaker for speaker, _ in found)


def test_a_heading_ends_a_turn() -> None:
    """What stands under it belongs to the page."""
    found = spoken(turns({"a": "Ada Ode: ", "b": "Ben Marsh: "}) + "\n\n# About us\n\n" + "\n\n".join(SAID.format(n) for n in range(60)))
    assert found[-1][0] == ""
    assert any(speaker for speaker, _ in found)


def test_the_last_words_are_whole_sentences() -> None:
    """About a paragraph of them; of a sentence that is longer its end; below a heading none, and none from above it."""
    text, _ = normalise(
        " ".join(SAID.format(n) for n in range(20))
        + f"\n\n> Ada said so.\n\nIt leaked.\n\n# Later\n\n{'It leaked and ' * 90}so on.\n\nEnd."
    )
    quoted, below, long_one = text.index("It leaked.\n"), text.index("It leaked and"), text.index("End.")
    shown = text[seam(text, quoted).before : quoted].strip()
    assert shown.endswith("> Ada said so.")
    assert shown.startswith(("The gauge", "It was", "Nobody"))
    assert seam(text, below).before == below
    assert text[seam(text, long_one).before : long_one].strip().endswith("and so on.")
    assert LAST_WORDS // 2 < long_one - seam(text, long_one).before <= LAST_WORDS
    assert seam(text, 0).before == 0


@settings(deadline=None)
@given(st.one_of(PROSE, texts), st.integers(20, 600))
def test_what_is_shown_stands_before_the_part_and_cuts_no_sentence_that_fits(raw: str, size: int) -> None:
    """Whatever the text, and no more of it than is asked for but for a mark of a list or a quotation."""
    text, _ = normalise(raw)
    for part in parts(text, size):
        before = seam(text, part.start).before
        assert 0 <= before <= part.start
        assert part.start - before <= LAST_WORDS + 20
    if raw.count(".") and size > LAST_WORDS:
        begins = {part.start: seam(text, part.start).before for part in parts(text, size)}
        cut = [
            one for one in segments(text) for at in begins.values() if one.start < at < one.end and one.end - one.start < LAST_WORDS // 2
        ]
        assert not cut
