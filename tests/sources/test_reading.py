"""Reading: what comes out of files of every kind, and what is said of those that can't be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from knowledge.records import UNKNOWN
from sources.errors import Unreadable
from sources.reading import list_documents, read_bytes, read_file

PROSE = "The dam has leaked since May, as the survey of the valley shows. Nobody has measured how much."
JATS = f"""<?xml version="1.0"?><article xmlns:xlink="http://www.w3.org/1999/xlink"><front><journal-meta><journal-title>Dams</journal-title></journal-meta>
<article-meta><article-id pub-id-type="doi">10.1/x</article-id><title-group><article-title>On the dam</article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Marsh</surname><given-names>Ada</given-names></name></contrib></contrib-group>
<pub-date><day>3</day><month>5</month><year>2019</year></pub-date><abstract><p>{PROSE}</p></abstract></article-meta></front>
<body><sec><title>Results</title><p>It leaks 3 litres a day.</p><table-wrap><p>1 2 3</p></table-wrap></sec></body></article>"""
HTML = f"""<!doctype html><html><head><title>On the dam</title></head><body><nav><ul><li>Home</li><li>About</li></ul></nav>
<article><h1>On the dam</h1><p>{PROSE}</p><p>{PROSE.replace("May", "June")}</p><script>alert(1)</script></article><footer>Cookies policy</footer></body></html>"""


def pdf(path: Path, *, password: str = "") -> Path:
    """Make a PDF of two pages with a running head."""
    canvas = Canvas(str(path), encrypt=StandardEncryption(password) if password else None)
    for page, word in enumerate(("spring", "summer", "autumn"), 1):
        canvas.drawString(72, 800, "Proceedings of the Dam")
        for line in range(4):
            canvas.drawString(72, 760 - 14 * line, f"In {word} the gauge {'abcd'[line]} was read by Ada and by Ben every other day,")
        canvas.drawString(72, 700, f"and the dam has leaked since {word}, as the survey of the val-")
        canvas.drawString(72, 686, f"ley shows for the {word} of that year in this document.")
        canvas.drawString(300, 40, str(page))
        canvas.showPage()
    canvas.save()
    return path


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("a.txt", f"URL: https://example.org/a\nTITLE: On the dam\n\n{PROSE}", "On the dam"),
        ("a.md", f"---\ntitle: On the dam\nreports: x\n---\n# Heading\n\n{PROSE}", "On the dam"),
        ("a.xml", JATS, "On the dam"),
        ("no-extension", HTML, "On the dam"),
    ],
)
def test_each_kind_of_text_is_read(tmp_path: Path, name: str, content: str, title: str) -> None:
    """The prose comes out whole, the title is found, and the kind is told by content, not by name."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    document = read_file(path)
    assert PROSE in document.text
    assert document.title == title
    assert "alert(1)" not in document.text


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_entities_that_a_saved_page_kept_become_characters(name: str) -> None:
    """In the text and in its title; what only looks like one stays, markup that is spelt out stays words, and hidden marks stay out."""
    kept = "TITLE: Marsh&#8217;s dam\n" if name == "a.txt" else "# Marsh&#8217;s dam\n"
    text = f"{kept}\nThe dam&#8217;s leak&nbsp;&mdash; 3&deg;C, &#x201c;by the log&#x201D; &mdash; is &lt;b&gt; R&D; see ?a=1&copy=2.&#8203; {PROSE}"
    document = read_bytes(text.encode(), name)
    assert document.title == "Marsh\u2019s dam"
    assert 'The dam\'s leak — 3°C, "by the log" — is <b> R&D; see ?a=1&copy=2. The dam has' in document.text


def test_a_jats_article_gives_its_metadata() -> None:
    """Author, date and address come from the document's own words, and a table is told as lost."""
    document = read_bytes(JATS.encode(), "a.xml")
    assert (document.authors, document.published, document.url, document.publisher) == (
        ("Ada Marsh",),
        "2019-05-03",
        "https://doi.org/10.1/x",
        "Dams",
    )
    assert document.lost == ("1 tables not read",)


def test_an_xml_entity_reads_no_file() -> None:
    """A document can't make the parser read this machine's files."""
    evil = JATS.replace(
        '<?xml version="1.0"?>', '<?xml version="1.0"?><!DOCTYPE article [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    ).replace("It leaks", "&x;It leaks")
    assert "root:" not in read_bytes(evil.encode(), "a.xml").text


def test_a_pdf_is_read_without_its_furniture(tmp_path: Path) -> None:
    """Running heads and page numbers go, and a word broken at a line's end is whole again."""
    text = read_file(pdf(tmp_path / "a.pdf")).text
    assert "survey of the valley shows for the summer" in text
    assert "Proceedings" not in text


def test_what_cannot_be_read_is_named_with_advice(tmp_path: Path) -> None:
    """An image, a locked or damaged PDF, nothing at all, and a file that is too large are each said for what they are."""
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    pdf(tmp_path / "locked.pdf", password="secret")
    (tmp_path / "damaged.pdf").write_bytes(b"%PDF-1.4 garbage")
    (tmp_path / "empty.txt").write_bytes(b"  \n")
    with (tmp_path / "large.txt").open("wb") as file:
        file.truncate(200_000_000)
    for name, problem in {
        "a.png": "image/png",
        "locked.pdf": "password",
        "damaged.pdf": "damaged",
        "empty.txt": "empty",
        "large.txt": "200,000,000",
        "none.txt": "opened",
    }.items():
        with pytest.raises(Unreadable, match=problem) as found:
            read_file(tmp_path / name)
        assert name in str(found.value)
        assert found.value.advice


def test_a_case_reads_nothing_outside_its_folder(tmp_path: Path) -> None:
    """Neither a path nor a link leads out of the case."""
    case = tmp_path / "case"
    (case / "documents").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text(PROSE)
    (case / "documents" / "link.txt").symlink_to(tmp_path / "secret.txt")
    for place in (case / "documents", case / ".." / "secret.txt"):
        with pytest.raises(Unreadable, match="leads out"):
            list(list_documents(place, within=case))


def test_every_real_source_is_read(corpus: Path) -> None:
    """All files of the corpus, the raw PDFs, pages and XML included, give text of some length."""
    files = [path for path in sorted(corpus.rglob("*")) if path.is_file() and path.name != "README.md"]
    assert len(files) > 50
    for path in files:
        document = read_file(path)
        assert len(document.text) > 900, path.name
        assert document.title != UNKNOWN
        assert "\u00a0" not in document.text


@pytest.mark.parametrize("name", ["notes.docx", "NOTES.DOC", "a.b.epub"])
def test_a_name_that_promises_another_format_is_told(name: str) -> None:
    """A text that is called a Word file is a slip or half a download: the message lists what is read."""
    with pytest.raises(Unreadable, match="is not a format that is read") as refused:
        read_bytes(b"Some words that would make a document of their own.", name)
    assert "HTML, PDF, JATS XML, Markdown, plain text or subtitles" in str(refused.value)
    assert read_bytes(b"Some words that would make a document of their own.", "notes.docx.txt").media_type == "text/plain"


def test_a_real_word_file_is_told_with_what_it_is() -> None:
    """Bytes that are no text are not read as such, whatever their name."""
    with pytest.raises(Unreadable, match="which is not a format that is read"):
        read_bytes(b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00[Content_Types].xml word/", "notes.md")
