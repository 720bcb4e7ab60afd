"""Recordings: the answers of a run as one file, from which anybody replays it without a key."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from pydantic import BaseModel, ConfigDict, ValidationError

from prompts.tasks.base import Role
from reasoners.errors import Unconfigured, Unrecorded
from reasoners.journal import Journal
from reasoners.requests import WITHOUT_ANSWER, Attempt, Completion, Request, Usage
from reasoners.unpaid import UnpaidAnswerer

FORMAT: Final = "cruxmap recording 1"
LONGEST_LINE: Final = 10_000_000
LARGEST: Final = 500_000_000
"""Characters of an unpacked recording: a small file can unpack to fill a disk."""


class Header(BaseModel):
    """A recording's first line: what was recorded, when, who answered, and what the answers depend on (a run's fingerprint)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    format: str
    case: str
    recorded: str
    answerers: tuple[str, ...]
    answers: int
    models: dict[Role, str]
    settings: dict[Role, dict[str, str | int | float | bool]]
    fingerprint: dict[str, str]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    key: str
    task: str
    model: str
    outcome: str
    problem: str
    answer: str


@dataclass(frozen=True)
class Recording:
    """A header and the answers by their questions' keys."""

    header: Header
    answers: Mapping[str, Completion]

    @classmethod
    def read(cls, path: Path) -> Recording:
        """Read a recording, gzipped.

        Raises:
            Unconfigured: it can't be read, or is not one; the line is named.
        """
        answers: dict[str, Completion] = {}
        number = 0
        try:
            with gzip.open(path, "rt", encoding="utf-8") as file:
                lines = _bounded(path, file)
                header = _header(path, next(lines, ""))
                for number, line in enumerate(lines, 2):  # noqa: B007  # a failure's message names it
                    one = _Line.model_validate_json(line)
                    attempt = Attempt("recorded", f"on {header.recorded}", Usage(), model=one.model)
                    answers[one.key] = Completion(one.answer, one.model, (attempt,), one.outcome, one.problem)
        except (OSError, EOFError, zlib.error, ValidationError, UnicodeDecodeError) as problem:
            told = f"{problem.error_count()} errors" if isinstance(problem, ValidationError) else str(problem)
            raise Unconfigured(f"the recording {path} can't be read (line {number or 1}): {told}") from problem
        if len(answers) != header.answers:
            raise Unconfigured(f"the recording {path} is cut off: it has {len(answers)} of {header.answers} answers")
        return cls(header, answers)


def _bounded(path: Path, file: TextIO) -> Iterator[str]:
    """Yield lines without unpacking more than a recording can be.

    Raises:
        Unconfigured: there is more.
    """
    read = 0
    while line := file.readline(LONGEST_LINE):
        read += len(line)
        if read > LARGEST or (len(line) == LONGEST_LINE and not line.endswith("\n")):
            raise Unconfigured(f"{path} is no recording: it unpacks to more than {LARGEST:,} characters, or {LONGEST_LINE:,} in a line")
        yield line


def _header(path: Path, line: str) -> Header:
    """Read the first line.

    Raises:
        Unconfigured: it is another format's.
        ValidationError: it is none.
    """
    header = Header.model_validate_json(line)
    if header.format != FORMAT:
        raise Unconfigured(f"{path} is of the format {header.format!r}, this program reads {FORMAT!r}")
    return header


def write_recording(path: Path, journal: Journal, header: Mapping[str, Any]) -> int:
    """Write a run's answers; the same journal gives the same bytes. Returns how many.

    ``header`` gives all fields of `Header` but ``format``, ``answers`` and ``answerers``.
    """
    lines = []
    for call in sorted(journal.calls(), key=lambda call: call.key):
        completion = journal.get(call.key)
        if completion is not None and call.outcome not in WITHOUT_ANSWER:
            line = _Line(
                key=call.key,
                task=call.task,
                model=completion.model,
                outcome=completion.outcome,
                problem=completion.problem,
                answer=completion.text,
            )
            lines.append(line)
    answerers = tuple(sorted({line.model for line in lines}))
    first = Header.model_validate({**header, "format": FORMAT, "answers": len(lines), "answerers": answerers})
    body = "\n".join([first.model_dump_json(), *(line.model_dump_json() for line in lines), ""])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(body.encode(), compresslevel=9, mtime=0))
    return len(lines)


class RecordingAnswerer(UnpaidAnswerer):
    """Answers from a recording and nothing else."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._recording = Recording.read(path)
        header = self._recording.header
        super().__init__(f"a recording of {', '.join(header.answerers)} ({header.answers} answers, recorded {header.recorded})")

    def model_for(self, role: Role) -> str:
        """Name the model that was asked then."""
        return self._recording.header.models[role]

    def settings_for(self, role: Role) -> Mapping[str, str | int | float | bool]:
        """Return the settings that were asked with then."""
        return self._recording.header.settings[role]

    async def complete(self, request: Request) -> Completion:
        """Look the answer up.

        Raises:
            Unrecorded: it is not there; the message names the task and the digests.
        """
        found = self._recording.answers.get(request.key)
        if found is None:
            raise Unrecorded(
                f"the recording {self._path} has no answer to {request.task.name} (prompt {request.rendered.prompt[:12]}, question "
                f"{request.key[:12]}): the prompt, the case or the program changed since {self._recording.header.recorded}. "
                "Record again, or run with another reasoner; `cruxmap doctor` lists the prompts that changed"
            )
        return found


def stale_prompts(header: Header, now: Mapping[str, str]) -> list[str]:
    """Name the tasks whose prompts are not those that were recorded. ``now``: each prompt's digest as in a fingerprint."""
    return [name.removeprefix("prompt ") for name, digest in sorted(now.items()) if header.fingerprint.get(name, digest) != digest]
