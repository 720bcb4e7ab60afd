"""Exporting to the formats that others speak, importing from those that go both ways, and verifying packages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from agents.critic import contested
from agents.reaching import bearing_on
from credence.defaults import SETTLED_CREDENCE
from credence.engine import assess
from credence.results import Assessment
from cruxmap.bases import KB, add_run, load_base
from cruxmap.errors import UsageError
from cruxmap.printing import print_lines
from cruxmap.settings import load_settings
from knowledge.formats.argdown import write_argdown
from knowledge.formats.argdown_reading import read_argdown
from knowledge.formats.bibtex import write_bibtex
from knowledge.formats.bundles import Bundle, Verdict
from knowledge.formats.claimreview import write_claimreview
from knowledge.formats.csl import write_csl
from knowledge.formats.csv import write_csv
from knowledge.formats.imports import Imported
from knowledge.formats.vault import write_vault
from knowledge.formats.xaif import write_xaif
from knowledge.formats.xaif_reading import read_xaif
from knowledge.layers import group
from knowledge.packages.contents import Package
from knowledge.packages.reading import read_package
from knowledge.packages.signatures import private_key, public_key_hex
from knowledge.packages.writing import write_package
from knowledge.records import Claim, Question, Tag

commands = typer.Typer()
FACTUAL: Final = frozenset({"empirical", "causal", "statistical"})
PACKAGE: Final = "package"


@dataclass(frozen=True)
class Format:
    """A format: how it is written and, where it goes both ways, read. ``is_folder``: the output is a folder of files."""

    write: Callable[[Bundle, Path], None]
    read: Callable[[Path], Imported] | None = None
    is_folder: bool = False


def _prov(bundle: Bundle, path: Path) -> None:
    from knowledge.formats.prov import write_prov  # noqa: PLC0415  # with rdflib and networkx a tenth of every command's start

    write_prov(bundle, path)


def _nanopub(bundle: Bundle, path: Path) -> None:
    from knowledge.formats.nanopub import write_nanopub  # noqa: PLC0415  # see above

    write_nanopub(bundle, path)


def _graphml(bundle: Bundle, path: Path) -> None:
    from knowledge.formats.graphml import write_graphml  # noqa: PLC0415  # see above

    write_graphml(bundle, path)


FORMATS: Final[Mapping[str, Format]] = {
    "xaif": Format(write_xaif, read_xaif),
    "argdown": Format(write_argdown, read_argdown),
    "prov": Format(_prov),
    "nanopub": Format(_nanopub, is_folder=True),
    "claimreview": Format(write_claimreview),
    "graphml": Format(_graphml),
    "vault": Format(write_vault, is_folder=True),
    "csl": Format(write_csl),
    "bibtex": Format(write_bibtex),
    "csv": Format(write_csv, is_folder=True),
}
"""Every format but our own, the package, by its name."""
OUT: Final = ", ".join((PACKAGE, *FORMATS))
IN: Final = ", ".join((PACKAGE, *(name for name, known in FORMATS.items() if known.read)))


def bundle_of(package: Package) -> Bundle:
    """Work out the numbers that go with a package into other formats."""
    view = package.view
    if not view.all(Question):
        return Bundle(package, "A knowledge base without a question")
    assessment = assess(view)
    credences = assessment.credences
    credences |= {one.answer: one.probability for question in assessment.questions for one in question.answers}
    main = assessment.questions[0]
    return Bundle(
        package,
        view.get(main.question, Question).text,
        credences=credences,
        verdicts=_verdicts(package, assessment, credences),
        cruxes=tuple(crux.subject for crux in main.cruxes[:10]),
    )


def _verdicts(package: Package, assessment: Assessment, credences: Mapping[str, float]) -> dict[str, Verdict]:
    """Find the settled factual claims: sure, of one voice, and neither a crux of a question that is still open nor bearing on its answers.

    What bears on an open question is what the dispute is about, and its credence is the answers' doing: nobody may deny it in its own words
    where others say the contrary in theirs.
    """
    view = package.view
    disputed = set(contested(view))
    still_open = [question for question in assessment.questions if not question.settled]
    open_cruxes = {crux.subject for question in still_open for crux in question.cruxes[:10]}
    disputed |= bearing_on(view, {one.answer for question in still_open for one in question.answers})
    tags = group(view.all(Tag), lambda tag: tag.record)
    date = package.changesets[package.tip].at[:10]
    found = {}
    for claim in view.all(Claim):
        chance = credences.get(claim.id, 0.5)
        sure = chance >= SETTLED_CREDENCE or chance <= 1 - SETTLED_CREDENCE
        if sure and claim.id not in disputed | open_cruxes and _is_factual(tags.get(claim.id, ())):
            found[claim.id] = Verdict(true=chance > 0.5, probability=chance, date=date)
    return found


def _is_factual(tags: Iterable[Tag]) -> bool:
    kinds = {tag.value for tag in tags if tag.name == "kind"}
    return bool(kinds) and kinds <= FACTUAL


def export(package: Package, name: str, path: Path, *, key: Path | None = None) -> None:
    """Write a knowledge base in a format. ``key`` signs a package.

    Raises:
        UsageError: there is no such format, or a signature was asked of another than the package.
        KnowledgeError: it can't stand in the format, or the key can't be read.
        OSError: it can't be written.
    """
    if name == PACKAGE:
        write_package(package, path, key=private_key(key) if key else None)
        return
    if key is not None:
        raise UsageError(f"only a package can be signed, not {name}")
    if name not in FORMATS:
        raise UsageError(f"there is no format {name!r}; there are {OUT}")
    FORMATS[name].write(bundle_of(package), path)


def read(path: Path, name: str, *, run: str) -> tuple[Package, tuple[str, ...]]:
    """Read a knowledge base from a file, all of it or nothing; say what of the file has no place here.

    Raises:
        UsageError: there is no such format, or it only goes out.
        KnowledgeError: the file is broken, or what it holds breaks a rule.
        OSError: it can't be read.
    """
    if name == PACKAGE:
        return read_package(path).package, ()
    known = FORMATS.get(name)
    if known is None or known.read is None:
        raise UsageError(f"{name!r} can't be imported; what can is {IN}")
    found = known.read(path)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return found.packed(run=run, reason=f"import {name} from {path.name}", at=at), found.left_out


@commands.command("export")
def export_command(
    base: Annotated[str, typer.Argument(metavar="RUN", help=f"{KB[0].upper()}{KB[1:]}.")],
    name: Annotated[str, typer.Option("--format", help=f"{OUT}.")],
    to: Annotated[Path, typer.Option("-o", "--output", help="A file; for nanopub, vault and csv a new folder.")],
    sign: Annotated[Path | None, typer.Option(help="Sign the package with this ed25519 private key (PEM).")] = None,
) -> None:
    """Write a knowledge base in a format that others read."""
    package = load_base(base, load_settings(None, {}).home)
    export(package, name, to, key=sign)
    print_lines([f"Wrote {to} ({name}): {len(package.view.records)} live records of {package.tip}"])


@commands.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="The file.")],
    name: Annotated[str, typer.Option("--format", help=f"{IN}.")],
    run_id: Annotated[str | None, typer.Option(help="The id of the run that will stand for it; made up if left out.")] = None,
) -> None:
    """Take a knowledge base from a file, as a run of its own that can be looked into, exported and merged."""
    home = load_settings(None, {}).home
    package, left_out = read(file, name, run=run_id or f"import-{file.stem}")
    run = add_run(package, home, run=run_id, by=f"others; imported from {file.name}")
    counts = ", ".join(f"{count} {kind}{'s' * (count != 1)}" for kind, count in package.view.counts().items())
    print_lines([f"The run {run}: {counts}", *(f"Left out, having no place here: {what}" for what in left_out)])


@commands.command("verify")
def verify_command(
    file: Annotated[Path, typer.Argument(help="A package.")],
    signer: Annotated[Path | None, typer.Option(help="Demand the signature of this ed25519 public key (PEM).")] = None,
) -> None:
    """Check a package: every line, id, quotation and rule, and its signature if it has one."""
    found = read_package(file, signer=public_key_hex(signer) if signer else "")
    package = found.package
    signed = f"signed by the ed25519 key {found.signer}" if found.signer else "not signed"
    print_lines(
        [
            f"{file} is whole: {len(package.records)} records, {len(package.changesets)} changesets, {len(package.texts)} texts; {signed}",
            f"tip {package.tip}, knowledge {package.view.digest}",
        ]
    )
