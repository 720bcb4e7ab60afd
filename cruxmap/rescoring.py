"""Benches that ask nobody: they give back what stored runs and journals hold, for scoring a result anew."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cruxmap.benches import RUN, journals_below, produced_by, used_below, used_of
from cruxmap.registry import Registry, Status
from evals.batches import PROMPTS
from evals.benches import Investigated, Unfinished
from evals.scorers.scorer import Produced, Used
from knowledge.blobs import digest_of_text
from knowledge.records import Question
from prompts.errors import PromptBroken
from prompts.loading import SHIPPED, Prompts
from reasoners.errors import Unrecorded
from reasoners.journal import Journal
from reasoners.limits import Limits, Meter
from reasoners.reasoner import Reasoner
from reasoners.requests import Attempt, Completion, Request
from reasoners.unpaid import UnpaidAnswerer
from sources.case_files import load_case
from sources.embedding import Embedder
from sources.reading import read_file

T = TypeVar("T")


@dataclass(frozen=True)
class StoredBench:
    """What was investigated and asked already. ``prompts``: by which it was asked."""

    embedder: Embedder
    prompts: Prompts = SHIPPED

    def identity(self) -> Mapping[str, str]:
        """It shapes no answer."""
        return {}

    def keep_prompts(self, folder: Path) -> None:
        """They are kept."""

    def ablates(self) -> tuple[str, str]:
        """It is no configuration."""
        return "", ""

    def places(self, home: Path) -> Sequence[str]:
        """Name the places of a trial's runs."""
        return tuple(journals_below(home))

    def used(self, home: Path) -> Mapping[str, Used]:
        """Say what each run below a trial's home used."""
        return used_below(home)

    def investigate(self, folder: Path, home: Path) -> Investigated:
        """Return what the run that is there came to.

        Raises:
            Unfinished: there is none, it isn't done, or it is of other documents or another question.
        """
        registry = Registry(home)
        if not registry.knows(RUN) or registry.load(RUN).status is not Status.DONE:
            raise Unfinished("its run isn't there, or isn't done")
        produced = produced_by(home, RUN)
        _check(folder, produced)
        return Investigated(produced, RUN)

    def ask(self, home: Path, questions: Callable[[Reasoner], Awaitable[T]]) -> tuple[T, Used]:
        """Answer from the journal that is there.

        Raises:
            Unfinished: it holds no answer to a question, as it was worded otherwise then, or its prompts fit the tasks no more.
        """
        stored = Journal.at(Registry(home).folder(RUN) / "journal.db", RUN)
        try:
            with tempfile.TemporaryDirectory() as folder:
                scratch = Journal.at(Path(folder) / "journal.db", RUN)
                try:
                    reasoner = Reasoner(Remembered(stored), scratch, Meter(Limits(), scratch.totals()), prompts=self.prompts)
                    return asyncio.run(_awaited(questions(reasoner))), used_of(stored)
                except (Unrecorded, PromptBroken) as problem:
                    raise Unfinished(str(problem)) from problem
                finally:
                    scratch.close()
        finally:
            stored.close()


def asked_by(result: Path, configuration: Mapping[str, str], name: str) -> Prompts:
    """Return the prompts that a result keeps of one of its configurations, as the plan has it; the program's, of results that keep none."""
    folder = result / PROMPTS / name
    turned = bool(json.loads(configuration.get("settings", "{}")).get("turned"))
    return Prompts(folder if folder.is_dir() else None, turned)


async def _awaited(coming: Awaitable[T]) -> T:
    return await coming


def _check(folder: Path, produced: Produced) -> None:
    """Make sure that a run is of a case's documents and question as they are now.

    Raises:
        Unfinished: it isn't.
    """
    there = {digest_of_text(read_file(path).text) for path in (folder / "documents").iterdir()}
    read = {digest_of_text(text) for text in produced.texts.values()}
    asked = load_case(folder).question.text
    if read != there or asked not in {question.text for question in produced.view.all(Question)}:
        raise Unfinished("its run was of other documents or another question than the case has now")


class Remembered(UnpaidAnswerer):
    """Answers from a journal by the words of the question, whoever was asked."""

    def __init__(self, journal: Journal) -> None:
        super().__init__("a journal")
        self._answers: dict[tuple[str, str, str, int], Completion] = {}
        for call in journal.calls():
            words, completion = journal.words(call.seq), journal.get(call.key)
            if words and completion and completion.outcome == "ok":
                self._answers[call.task, words[0], words[1], call.repeat] = completion

    async def complete(self, request: Request) -> Completion:
        """Look the answer up.

        Raises:
            Unrecorded: nobody was asked this.
        """
        found = self._answers.get((request.task.name, request.rendered.system, request.rendered.user, request.repeat))
        if found is None:
            raise Unrecorded(f"its journal has no answer to {request.task.name} as it is worded now")
        return Completion(found.text, found.model, (Attempt("recorded"),), found.outcome, found.problem)
