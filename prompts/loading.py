"""Loading prompts: a Markdown file a task, checked against the task's inputs, rendered without logic of its own."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import jinja2
import yaml
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, ValidationError

from prompts.errors import PromptBroken
from prompts.tasks.base import Inputs, Task
from prompts.tasks.critic import ACCUSE, EXAMINE, SURVEY
from prompts.tasks.cruxes import ARGUE, DECISIVE, LINKS, SOUNDNESS, TESTIMONY
from prompts.tasks.ingestion import EXTRACT, GROUNDS, MATCH, UPSTREAMS
from prompts.tasks.judge import ENTAIL, SAME
from prompts.tasks.single import INVESTIGATE
from prompts.tasks.structuring import QUESTIONS, RELATE

OF_AGENTS: Final[tuple[Task[Any, Any], ...]] = (
    EXTRACT,
    GROUNDS,
    MATCH,
    UPSTREAMS,
    QUESTIONS,
    RELATE,
    EXAMINE,
    SURVEY,
    TESTIMONY,
    LINKS,
    ARGUE,
    SOUNDNESS,
    DECISIVE,
    ACCUSE,
    INVESTIGATE,
)
"""Every task of a run: what a run is made of."""
TASKS: Final[tuple[Task[Any, Any], ...]] = (*OF_AGENTS, ENTAIL, SAME)
"""Every task that a reasoner can be asked, those of the judges of evaluations included."""
SELDOM: Final[tuple[Task[Any, Any], ...]] = (ACCUSE, INVESTIGATE)
"""Those of them that only configurations for comparison ask."""
_USER: Final = "<!-- user -->"
_BREAKS: Final = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")


class FrontMatter(BaseModel):
    """What stands between the --- marks of a prompt file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    version: int
    variables: tuple[str, ...]
    output: str


@dataclass(frozen=True)
class Rendered:
    """A prompt as a model gets it. ``prompt`` is the digest of the file that it was rendered from."""

    system: str
    user: str
    prompt: str


@dataclass(frozen=True)
class Prompt:
    """One prompt file. ``digest`` is the hex sha256 of its bytes: an edit makes it another prompt."""

    front: FrontMatter
    digest: str
    system: jinja2.Template
    user: jinja2.Template

    def render(self, inputs: Inputs) -> Rendered:
        """Fill the prompt with a task's inputs.

        Raises:
            PromptBroken: it names what its task's inputs don't have.
        """
        values = inputs.model_dump(mode="json")
        try:
            return Rendered(self.system.render(values).strip(), self.user.render(values).strip(), self.digest)
        except jinja2.TemplateRuntimeError as problem:
            raise PromptBroken(f"prompts/{self.front.id}.md can't be filled: {problem}") from problem


def fence(text: str) -> str:
    """Wrap a source's text in marks that it can't close: they carry a digest of the text itself, and one that isn't in it."""
    mark = hashlib.sha256(text.encode()).hexdigest()[:12]
    while mark in text.lower():  # whoever searches long enough finds a text that holds its own digest
        mark = hashlib.sha256(f"{mark}{text}".encode()).hexdigest()[:12]
    return _Fenced(f"<source-{mark}>\n{text}\n</source-{mark}>")


class _Fenced(str):
    """Text that may keep its lines."""

    __slots__ = ()


def _in_line(value: object) -> object:
    """Put what isn't fenced (titles, names, claims) on one line, so that it can't pass for a part of the prompt."""
    return value if isinstance(value, _Fenced) or not isinstance(value, str) else _BREAKS.sub(" ", value)


@cache
def load(task: Task[Any, Any]) -> Prompt:
    """Load a task's prompt.

    Raises:
        PromptBroken: the file is missing, its front matter is wrong, or its variables are not the task's inputs.
    """
    return prompt_of(task, _content(task))


@dataclass(frozen=True)
class Prompts:
    """By which prompts a run asks. ``folder``: its files (``cruxes/links.md``) stand in for the program's, which are asked for the rest.

    ``turned``: lists of numbered things are shown from their end, each thing under its own number.
    """

    folder: Path | None = None
    turned: bool = False

    def of(self, task: Task[Any, Any]) -> Prompt:
        """Return the prompt that asks a task.

        Raises:
            PromptBroken: see `load`.
        """
        own = self._own(task)
        return _loaded(task, own) if own else load(task)

    def text(self, task: Task[Any, Any]) -> str:
        """Return the file that asks a task, as it stands.

        Raises:
            PromptBroken: there is none.
        """
        own = self._own(task)
        return _read(own) if own else _content(task)

    def check(self) -> None:
        """Make sure that the folder is there, holds prompts and nothing else that looks like one, and that each is in order.

        Raises:
            PromptBroken: it isn't so; the file is named.
        """
        if self.folder is None:
            return
        names = {f"{task.name}.md": task for task in TASKS}
        found = sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.md"))
        if not found:
            raise PromptBroken(f"there are no prompts in {self.folder}: a file is named like {LINKS.name}.md")
        for name in found:
            if name not in names:
                raise PromptBroken(f"{self.folder / name} is the prompt of no task: name it {', '.join(sorted(names))}")
            self.of(names[name])

    def keep(self, folder: Path) -> None:
        """Write the files that ask all tasks into a folder, from which `Prompts` asks the same.

        Raises:
            OSError: it can't be written.
        """
        for task in TASKS:
            path = folder / f"{task.name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.text(task), encoding="utf-8")

    def _own(self, task: Task[Any, Any]) -> Path | None:
        path = self.folder / f"{task.name}.md" if self.folder else None
        return path if path and path.is_file() else None


SHIPPED: Final = Prompts()
"""The prompts that come with the program, in their own order."""


@cache
def _loaded(task: Task[Any, Any], path: Path) -> Prompt:
    try:
        return prompt_of(task, _read(path))
    except PromptBroken as problem:
        raise PromptBroken(f"in {path}: {problem}") from problem


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise PromptBroken(f"{path} can't be read: {problem}") from problem


def prompt_of(task: Task[Any, Any], content: str) -> Prompt:
    """Check a prompt file's content against the task that it is to ask.

    Raises:
        PromptBroken: as of `load`.
    """
    front, system, user = _split(task, content)
    environment = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False, finalize=_in_line
    )  # a prompt is no page
    environment.filters["fence"] = fence
    try:
        used = meta.find_undeclared_variables(environment.parse(f"{system}\n{user}"))
    except jinja2.TemplateSyntaxError as problem:
        raise PromptBroken(f"prompts/{task.name}.md is no template: {problem}") from problem
    fields = set(task.inputs.model_fields)
    for what, wrong in (
        ("uses", used - fields),
        ("leaves out", fields - used),
        ("declares other variables:", set(front.variables) ^ fields),
    ):
        if wrong:
            raise PromptBroken(f"prompts/{task.name}.md {what} {', '.join(sorted(wrong))}; its inputs are {', '.join(sorted(fields))}")
    if (front.id, front.output) != (task.name, task.output.__name__):
        raise PromptBroken(
            f"prompts/{task.name}.md says id {front.id} and output {front.output}; the task is {task.name}, {task.output.__name__}"
        )
    digest = hashlib.sha256(content.encode()).hexdigest()
    return Prompt(front, digest, environment.from_string(system), environment.from_string(user))


def _content(task: Task[Any, Any]) -> str:
    path = files("prompts").joinpath(*f"{task.name}.md".split("/"))
    if not path.is_file():
        raise PromptBroken(f"there is no prompts/{task.name}.md")
    return path.read_text(encoding="utf-8")


def _split(task: Task[Any, Any], content: str) -> tuple[FrontMatter, str, str]:
    try:
        _, front, body = content.split("---\n", 2)
        system, user = body.split(_USER)
        return FrontMatter.model_validate(yaml.safe_load(front)), system, user
    except (ValueError, ValidationError, yaml.YAMLError) as problem:
        raise PromptBroken(f"prompts/{task.name}.md is not front matter, system text, {_USER} and user text: {problem}") from problem
