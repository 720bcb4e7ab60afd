"""Captions: subtitles become paragraphs in which each word is said once, by whom the file says."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.captions import read_captions
from sources.documents import Document
from sources.errors import Unreadable
from sources.media_types import PLAIN, SUBRIP, WEBVTT
from sources.reading import read_bytes
from sources.seams import seam

FILM = "what was to be seen or heard beside the words, and when each was said, is not read"

SPOKEN = """WEBVTT - On the dam

NOTE made by hand
and not checked

STYLE
::cue(.loud) { color: red }

REGION
id:left

opening
00:01.000 --> 00:02.000 line:0 align:start
<v.loud Ada Ode>We saw <i>p <b>< 0.05</b></i> and n > 300 &lt;there&gt;,</v>

01:00:02.000 --> 01:00:03.000
<v Ada Ode>and it leaks.</v> <v Ben Marsh>It does not.
Not at all.

01:00:03.500 --> 01:00:04.000
They do not agree.
"""

ROLLING = """WEBVTT
Kind: captions
Language: en

00:00:00.160 --> 00:00:02.550 align:start position:0%
{blank}
the<00:00:00.480><c> dam</c><00:00:00.800><c> has leaked</c>

00:00:02.550 --> 00:00:02.560 align:start position:0%
the dam has leaked
{blank}

00:00:02.560 --> 00:00:04.870 align:start position:0%
the dam has leaked
since<00:00:02.879><c> May &amp; no one</c>

00:00:04.870 --> 00:00:04.880 align:start position:0%
since May &amp; no one
{blank}

00:00:04.880 --> 00:00:06.880 align:start position:0%
since May &amp; no one
has<00:00:05.879><c> measured it</c>

00:00:06.880 --> 00:00:08.000 align:start position:0%
has measured it
&gt;&gt; but why not
""".format(blank=" ")
"""As machines write captions: each line twice or more, times inside the lines, lines of a blank."""

SUBTITLES = """1
00:00:01,000 --> 00:00:02,000
ADA: It leaks <font color="#fff">badly</font>,
and has leaked {\\an8}since May.

2
00:00:02,000 --> 00:00:03,000
- Since May?
- Since May.

3
00:00:09,000 --> 00:00:10,000 X1:0 X2:0
2019

was the first year of it.
"""
SUBTITLES_TEXT = "ADA: It leaks badly, and has leaked since May.\n\n- Since May?\n\n- Since May.\n\n2019 was the first year of it."


def read(content: str | bytes, name: str = "talk.vtt") -> Document:
    return read_bytes(content.encode() if isinstance(content, str) else content, name)


def cues(*words: str, between: float = 0.0) -> str:
    """Make WebVTT of a second for each cue."""
    times = [(number * (1 + between), number * (1 + between) + 1) for number in range(len(words))]
    return "WEBVTT\n\n" + "\n\n".join(f"00:{start:06.3f} --> 00:{end:06.3f}\n{one}" for (start, end), one in zip(times, words, strict=True))


def test_voices_are_speakers_and_marks_go() -> None:
    """A paragraph begins with who speaks; entities are signs, what only looks like a mark stays; times, numbers and settings are no text."""
    document = read(SPOKEN)
    assert document.media_type == WEBVTT
    assert document.title == "On the dam"
    assert document.text == (
        "Ada Ode: We saw p < 0.05 and n > 300 <there>,\n\nAda Ode: and it leaks.\n\nBen Marsh: It does not. Not at all.\n\n"
        "Unknown Speaker: They do not agree."
    )


def test_what_is_no_word_is_told_as_lost() -> None:
    """Notes, styles and regions are counted; that a film is more than its words is said of each."""
    assert read(SPOKEN).lost == (FILM, "1 note block not read", "1 region block not read", "1 style block not read")
    assert read(cues("It leaks and it leaks again.")).lost == (FILM,)


def test_captions_that_roll_are_told_once() -> None:
    """And who else speaks begins a paragraph, marked as dialogue is."""
    assert read(ROLLING).text == "the dam has leaked since May & no one has measured it\n\n- but why not"


def test_who_says_a_thing_twice_is_heard_twice() -> None:
    """Only a file most of whose cues repeat the one before is taken to roll."""
    said = read(cues("It leaks.", "It leaks.", "Where is it?", "By the gate.", "How much?", "It leaks."))
    assert said.text == "It leaks. It leaks. Where is it? By the gate. How much? It leaks."


@pytest.mark.parametrize("name", ["talk.srt", "talk.txt", "talk"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_subrip_is_read_under_any_name_and_encoding(name: str, ends: str, encoding: str) -> None:
    """Told by its first cue. Speakers stay as written, lines behind an empty one belong to their cue."""
    document = read(SUBTITLES.replace("\n", ends).encode(encoding), name)
    assert document.media_type == SUBRIP
    assert document.text == SUBTITLES_TEXT


@pytest.mark.parametrize(
    ("content", "text", "damaged"),
    [
        (
            "1\n00:00:01,000 --> 00:00:0x,000\nIt leaks since May.\n\n2\n00:00:03,000 --> 00:00:04,000\nWho says so?",
            "It leaks since May. Who says so?",
            1,
        ),
        ("1\n00:00:01,000 --> 00:00:02,000\nIt leaks since May.\n\n2\nWho says so?", "It leaks since May. Who says so?", 1),
        (
            "1\n00:00:01,000 --> 00:00:02,000\nIt leaks since May.\n2\n00:00:02,000 --> 00:00:04,000\nWho says so?",
            "It leaks since May. Who says so?",
            0,
        ),
        (
            "1\n00:00:01,000 --> 00:00:02,000\nIt leaks since May.\n\n7\n\n00:00:02,000 --> 00:00:04,000\nWho says so?",
            "It leaks since May. Who says so?",
            0,
        ),
        (
            "00:00:01,000 --> 00:00:02,000\nFrom 2019\n2019 --> 2020 was a year\n00:00:02,000-->00:00:04,000\nof leaks.",
            "From 2019 2019 --> 2020 was a year of leaks.",
            0,
        ),
    ],
    ids=["times", "no times", "no empty line", "number apart", "no numbers"],
)
def test_a_broken_cue_keeps_its_words(content: str, text: str, damaged: int) -> None:
    """No word is lost with its times, and that they are unreadable is told."""
    document = read(content, "talk.srt")
    assert document.text == text
    assert document.lost[1:] == (f"the times of {damaged} cue can't be read, the words are kept",) * damaged


def test_webvtt_without_its_first_line_or_an_empty_one_is_read() -> None:
    """Players are as lenient; hours may be absent, and words may stand above the first cue."""
    cue = "00:01.000 --> 00:02.000\nIt has leaked since May."
    assert read(cue).text == read("WEBVTT\n" + cue, "talk").text == read(f"{cue}\n", "talk.txt").text == "It has leaked since May."
    assert read(f"Subtitles by Ben\n\n{cue}").lost == (FILM, "1 block above the first cue not read")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\n \n\n00:02.000 --> 00:03.000\n<i></i>\n",
            "it should be subtitles, but has no words in its cues",
        ),
        ("WEBVTT\n\nNOTE nothing yet\n", "it should be subtitles, but has no cue"),
        ("Some words that are no subtitles at all.", "it should be subtitles, but has no cue"),
        ("  \n", "it is empty"),
    ],
)
def test_a_file_without_words_is_told_with_advice(content: str, problem: str) -> None:
    """What, where, and what to do."""
    with pytest.raises(Unreadable, match=f"^talk.vtt: {problem}") as refused:
        read(content)
    assert refused.value.advice


def test_prose_that_speaks_of_subtitles_is_prose() -> None:
    """Neither the word nor an arrow makes a file one of cues."""
    for prose in ("WEBVTT is a format of the web --> it has cues and arrows.", "12:30 --> 13:00 is when we eat our lunch."):
        assert read(prose, "notes.txt").media_type == PLAIN
        assert prose in read(prose, "notes.txt").text


@pytest.mark.parametrize(
    "header",
    ["---\ntitle: A hearing\nauthors: [Ada Ode]\npublished: 2024-05-01\n---\n", "TITLE: A hearing\nAUTHOR: Ada Ode\nDATE: 2024-05-01\n\n"],
)
@pytest.mark.parametrize("content", [SPOKEN, SUBTITLES])
def test_subtitles_may_have_a_header(header: str, content: str) -> None:
    """As other texts that don't say themselves who made them and when; it hides no cue."""
    document = read(header + content, "talk.txt")
    assert (document.title, document.authors, document.published) == ("A hearing", ("Ada Ode",), "2024-05-01")
    assert document.text == read(content).text


def test_a_pause_and_a_long_speech_make_paragraphs() -> None:
    """A speech is cut where a sentence ends, one of a machine between cues; a pause always cuts."""
    assert read(cues("It leaks since May.", "Nobody knows why.", between=5)).text == "It leaks since May.\n\nNobody knows why."
    written = read(cues(*[f"This is sentence {number}." for number in range(90)])).text.split("\n\n")
    assert len(written) > 2
    assert all(600 <= len(paragraph) < 700 and paragraph.endswith(".") for paragraph in written[:-1])
    spoken = read(cues(*[f"this is part {number}" for number in range(180)])).text.split("\n\n")
    assert all(1200 <= len(paragraph) < 1300 for paragraph in spoken[:-1])


def test_who_is_named_with_each_cue_goes_on_with_a_sentence() -> None:
    """As meetings are written down: a sentence over two cues is whole again; a new one has its name."""
    meeting = cues("Ada Ode: I think that the dam", "Ada Ode: has leaked since May.", "Ada Ode: Badly.", "Ben Marsh: No.")
    assert read(meeting).text == "Ada Ode: I think that the dam has leaked since May.\n\nAda Ode: Badly.\n\nBen Marsh: No."


def test_who_speaks_at_a_seam_is_known_in_subtitles() -> None:
    """Voices become labels as other transcripts have them, so a part of a long document knows whose words go on."""
    turns = [f"<v {name}>" + " ".join(["The dam leaks, and nobody knows how much of it."] * 20) for name in ("Ada Ode", "Ben Marsh") * 10]
    text = read(cues(*turns)).text
    assert seam(text, text.index("nobody", text.index("Ben Marsh"))).speaker == "Ben Marsh"


WORDS = st.lists(st.sampled_from(["the", "dam", "leaks", "since", "May", "and", "nobody", "measured", "it"]), min_size=3, max_size=5)


@settings(deadline=None)
@given(st.lists(WORDS, min_size=4, max_size=12))
def test_rolling_changes_no_text(lines: list[list[str]]) -> None:
    """Captions of which each shows the last line of the one before say what the lines say, for any lines that don't overlap themselves."""
    marked = [" ".join(f"{word}{number}" for word in line) for number, line in enumerate(lines)]
    rolled = [marked[0], *(f"{before}\n{line}" for before, line in pairwise(marked))]
    assert read_captions(cues(*rolled), "talk.vtt").paragraphs == read_captions(cues(*marked), "talk.vtt").paragraphs


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "\n",
                "\n\n",
                "1",
                "00:01",
                "00:01.000 --> 00:02.000",
                "-->",
                "NOTE",
                "<v Ada>",
                "</v>",
                "<i>",
                "ADA: ",
                "- ",
                ">>",
                "word ",
                "&lt;",
                "WEBVTT",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing makes the reader fail otherwise."""
    with suppress(Unreadable):
        assert all(read_captions(text, "talk.vtt").paragraphs)
