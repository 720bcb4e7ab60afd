"""How long a synthetic knowledge base takes to commit, open, fold, diff, export, verify and merge, and what it weighs.

    uv run python benchmarks/knowledge_store.py --records 100000 --changesets 20

Memory is this process's own, after the garbage of the step before was collected; the peak is of the whole run.
"""

from __future__ import annotations

import argparse
import gc
import platform
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TypeVar

from cruxmap.across import look_across
from knowledge.blobs import digest_of_text
from knowledge.changesets import Author, Changeset
from knowledge.packages.conflicts import conflicts
from knowledge.packages.contents import Package, packed
from knowledge.packages.reading import read_package
from knowledge.packages.unions import joined, unite
from knowledge.packages.writing import write_package
from knowledge.records import Assertion, Claim, Link, Passage, Record, Retraction, Source, Tag, Warrant
from knowledge.store import KnowledgeStore
from knowledge.vocabulary import Relation
from sources.embedding import Embedder

T = TypeVar("T")
SENTENCES_PER_SOURCE = 400
RECORDS_PER_SENTENCE = 5


def texts(sources: int, first: int) -> Iterator[str]:
    """Write documents of numbered sentences, from a first number on."""
    places = range(SENTENCES_PER_SOURCE)
    for number in range(first, first + sources):
        yield " ".join(f"Sentence {place} of document {number} says that dam {number}-{place} leaks." for place in places)


def records(written: Sequence[str]) -> Iterator[tuple[Record, ...]]:
    """Yield, sentence by sentence, what ingestion and structuring would make of the documents."""
    warrant = Warrant(text="A leak nearby makes a leak likely.")
    for text in written:
        source = Source(title=text[:40], text=digest_of_text(text))
        before: Claim | None = None
        start = 0
        for sentence in text.split(". "):
            end = start + len(sentence)
            passage = Passage(source=source.id, start=start, end=end, text=sentence)
            claim = Claim(text=sentence)
            made: list[Record] = [source, warrant, passage, claim, Assertion(claim=claim.id, passage=passage.id)]
            made.append(Tag(record=claim.id, name="topic", value="dams"))
            if before is not None:
                made.append(Link(premises=(before.id,), target=claim.id, relation=Relation.SUPPORTS, warrant=warrant.id))
            yield tuple(made)
            before, start = claim, end + 2


def changesets(wanted: int, pieces: int, *, first: int = 0) -> tuple[list[str], list[tuple[Record, ...]]]:
    """Build the texts and the contents of the changesets, about ``wanted`` records in all, of documents from a first number on."""
    sentences = max(1, wanted // RECORDS_PER_SENTENCE)
    written = list(texts(-(-sentences // SENTENCES_PER_SOURCE), first))
    bundles = list(islice(records(written), sentences))
    size = -(-len(bundles) // pieces)
    cut = [bundles[start : start + size] for start in range(0, len(bundles), size)]
    return written, [tuple({record.id: record for bundle in some for record in bundle}.values()) for some in cut]


def rss_mb() -> float:
    """Return this process's resident memory in MB (0 where the system doesn't tell)."""
    gc.collect()
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * resource.getpagesize() / 1e6 if status.exists() else 0.0


def measured(what: str, work: Callable[[], T]) -> T:
    """Do some work and print how long it took, how much processor time (all threads), and what memory it left in use."""
    begun, worked = time.perf_counter(), time.process_time()
    result = work()
    took, worked = time.perf_counter() - begun, time.process_time() - worked
    say(f"{what:<44} {took:8.2f} s   {worked:8.2f} s of CPU   {rss_mb():8.0f} MB resident")
    return result


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def commit_all(store: KnowledgeStore, contents: Sequence[tuple[Record, ...]]) -> tuple[str, list[float]]:
    """Commit one changeset after the other; return the last revision and the seconds of CPU that each took."""
    tip: tuple[str, ...] = ()
    seconds = []
    for number, content in enumerate(contents):
        begun = time.process_time()
        tip = (store.commit(Changeset(tip, content, Author.INGESTION, "benchmark", f"part {number}")),)
        seconds.append(time.process_time() - begun)
    return tip[0], seconds


def commit_little(store: KnowledgeStore, tip: str) -> str:
    """Commit ten claims one by one on top of what is there, and print what each took."""
    worked = []
    for number in range(10):
        begun = time.process_time()
        tip = store.commit(Changeset((tip,), (Claim(text=f"Afterthought {number}."),), Author.STRUCTURING, "benchmark", f"more {number}"))
        worked.append(time.process_time() - begun)
    say(f"    a commit of one claim on top: median {1000 * sorted(worked)[5]:.1f} ms, slowest {1000 * max(worked):.1f} ms of CPU")
    return tip


def benchmark(path: Path, wanted: int, pieces: int) -> str:
    """Build, commit, open, fold, retract and diff; return the last revision before the retraction."""
    say(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.machine()}")
    written, contents = measured("build the records (and their ids)", lambda: changesets(wanted, pieces))
    store = KnowledgeStore.at(path)
    measured(f"store {len(written)} texts", lambda: [store.put_text(text) for text in written])
    tip, seconds = measured(f"commit {len(contents)} changesets", lambda: commit_all(store, contents))
    say(f"    a commit: first {seconds[0]:.2f} s, last {seconds[-1]:.2f} s, slowest {max(seconds):.2f} s of CPU")
    tip = commit_little(store, tip)
    measured("fold what is in memory", lambda: store.view(tip))
    store.close()
    with closing(KnowledgeStore.at(path)) as fresh:
        view = measured("read from disk and fold", lambda: fresh.view(tip))
        source = view.all(Source)[0]
        retraction = Changeset((tip,), (Retraction(record=source.id, reason="forged"),), Author.PERSON, "benchmark", "retract")
        after = measured("retract one source", lambda: fresh.commit(retraction))
        diff = measured("diff", lambda: fresh.diff(tip, after))
        say(f"    {len(diff.lost)} records fell with the source")
    size = path.stat().st_size
    say(f"{len(view.records)} live records; {size / 1e6:.1f} MB on disk, {size / len(view.records):.0f} bytes a record")
    say_peak()
    return tip


def exchange(folder: Path, tip: str, wanted: int, pieces: int) -> None:
    """Export the knowledge base, verify it, take it into a fresh store, and merge it with one that shares half of its documents."""
    export(folder / "knowledge.db", tip, folder / "one.jsonl")
    read = measured("read and verify it", lambda: read_package(folder / "one.jsonl").package)
    with closing(KnowledgeStore.at(folder / "fresh.db")) as fresh:
        measured("take it into a store", lambda: read.save_to(fresh))
    other = second(folder, read, wanted, pieces)
    say_peak()
    union = measured("merge: union", lambda: unite([read, other]))
    found = measured("merge: look across", lambda: look_across(union, Embedder))
    merged = measured("merge: join", lambda: joined(union, found.records))
    measured("merge: list conflicts", lambda: conflicts(union))
    measured("merge: fold and export", lambda: write_package(merged, folder / "merged.jsonl"))
    say(f"    {len(merged.records)} records; {len(found.same)} same claims; {found.unseen} claims not compared by meaning")
    say_peak()


def export(database: Path, tip: str, to: Path) -> None:
    """Write a package, and keep nothing of it in memory."""
    with closing(KnowledgeStore.at(database)) as store:
        package = measured("pack", lambda: packed(store, tip))
    measured("export a package", lambda: write_package(package, to))
    say(f"    {to.stat().st_size / 1e6:.1f} MB")


def second(folder: Path, first: Package, wanted: int, pieces: int) -> Package:
    """Make the other investigator's knowledge base, over the second half of the first one's documents and as many others."""
    documents = len(first.texts)
    written, contents = changesets(wanted, pieces, first=documents // 2)
    with closing(KnowledgeStore.at(folder / "second.db")) as store:
        for text in written:
            store.put_text(text)
        everything = {record.id: record for content in contents for record in content}
        # One changeset: the benchmark is of merging, and committing has been measured.
        tip = store.commit(Changeset((), tuple(everything.values()), Author.INGESTION, "second", "all"))
        return packed(store, tip)


def say_peak() -> None:
    """Print the most memory that this process has used so far."""
    # Linux counts ru_maxrss in KiB, macOS in bytes.
    say(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == 'darwin' else 1024) / 1e6:.0f} MB")


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--records", type=int, default=20_000, help="about how many records (default: %(default)s)")
    parser.add_argument("--changesets", type=int, default=10, help="in how many commits (default: %(default)s)")
    arguments = parser.parse_args()
    if arguments.records < 1 or arguments.changesets < 1:
        parser.error("--records and --changesets are positive")
    with tempfile.TemporaryDirectory() as folder:
        tip = benchmark(Path(folder) / "knowledge.db", arguments.records, arguments.changesets)
        exchange(Path(folder), tip, arguments.records, arguments.changesets)


if __name__ == "__main__":
    main()
