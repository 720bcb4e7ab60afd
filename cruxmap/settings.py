"""Settings: defaults, then the configuration file, then CRUXMAP_ variables, then flags; built once, frozen."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cruxmap.errors import UsageError
from graphs.services import Critic
from prompts.loading import Prompts
from prompts.tasks.base import Role
from reasoners.limits import Limits
from reasoners.prices import Price

ReasonerName = Literal["auto", "chat", "exchange", "baseline", "recording"]
Agent = Literal["ingestion", "structuring", "critic", "cruxes"]
Provider = Literal["openalex", "crossref", "semantic_scholar", "arxiv", "wikipedia", "tavily", "exa", "brave"]

_NOT_OF_THE_RUN: Final = {"home", "database"}
"""Where things are kept on this machine. A database's URL can hold a password: it is never written down."""


class Settings(BaseSettings):
    """Everything that shapes a run beside its case. A wrong value fails at the start with its key named.

    ``critic``, ``judge_twice`` (each link in two wordings), ``readings`` (whether the whole dispute is read for what it turns on) and
    ``passes`` (one prompt in place of the agents, asked so often; 0: the agents) are for comparing configurations.
    ``prompts``: a folder of prompts that stand in for the program's, from the configuration file's own folder if it names it; ``turned``:
    lists are shown to models from their end; both to see what wording and order do, and ``prompts`` for prompts of one's own.
    ``by_rule``: roles that the rules of the baseline answer, in place of a model, to see what that model is worth there.
    ``models``: by role; several, separated by commas, are asked in turn where the first gives no answer. ``prices``: by PROVIDER:MODEL,
    for what the table of prices doesn't know. ``outage_minutes``: how long a provider may stay down before the run stops. ``limits``: of
    each agent; those of the run are the ``max_`` settings. ``recording``: the file to replay; a case's own if left out. ``search``: the
    providers to search from the second round on, ``search_folder`` a folder of one's own; ``search_queries``: the most put to one of them
    a round, ``search_documents``: the most taken a round; ``search_urls``: other addresses of providers; ``mailto``: your
    own address, for catalogues that ask for one. ``ablates`` and ``without``: of which configuration this one leaves out what; it shapes
    no run, comparisons tell by it what is worth nothing.
    """

    model_config = SettingsConfigDict(env_prefix="CRUXMAP_", frozen=True, extra="forbid", nested_model_default_partial_update=True)

    home: Path = Path(".cruxmap")
    database: str = ""
    reasoner: ReasonerName = "auto"
    model: str = ""
    models: dict[Role, str] = {}
    by_rule: tuple[Role, ...] = ()
    recording: Path | None = None
    base_url: str = ""
    prices: dict[str, Price] = {}
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    max_output_tokens: Annotated[int, Field(ge=1)] | None = None
    timeout_seconds: Annotated[float, Field(gt=0)] = 120.0
    outage_minutes: Annotated[float, Field(ge=0)] = 30.0
    stop_seconds: Annotated[float, Field(ge=0)] = 20.0
    lease_seconds: Annotated[float, Field(ge=0.5)] = 30.0
    concurrency: Annotated[int, Field(ge=1, le=64)] = 4
    wave: Annotated[int, Field(ge=1, le=10_000)] = 8
    rounds: Annotated[int, Field(ge=1, le=20)] = 1
    critic: Critic = Critic.TWO_SIDED
    judge_twice: bool = True
    readings: bool = True
    passes: Annotated[int, Field(ge=0, le=20)] = 0
    prompts: Path | None = None
    turned: bool = False
    documents_per_round: Annotated[int, Field(ge=1)] | None = None
    max_usd: Annotated[float, Field(ge=0)] | None = None
    max_calls: Annotated[int, Field(ge=0)] | None = None
    max_tokens: Annotated[int, Field(ge=0)] | None = None
    max_minutes: Annotated[float, Field(ge=0)] | None = None
    limits: dict[Agent, Limits] = {}
    reuse_journal: str = ""
    fetch: bool = False
    allow_private: bool = False
    search: Annotated[tuple[Provider, ...], NoDecode] = ()
    search_folder: Path | None = None
    search_queries: Annotated[int, Field(ge=1, le=100)] = 12
    search_documents: Annotated[int, Field(ge=1, le=100)] = 5
    search_urls: dict[Provider, Annotated[str, Field(pattern=r"^https?://[^\s?#]+$")]] = {}
    mailto: Annotated[str, Field(pattern=r"^([^\s@()<>]+@[^\s@()<>]+)?$")] = ""
    ablates: str = ""
    without: str = ""

    @field_validator("search", mode="before")
    @classmethod
    def _separated(cls, value: object) -> object:
        """Take names with commas between them, each once."""
        names = [name.strip() for name in value.split(",")] if isinstance(value, str) else value
        return tuple(dict.fromkeys(filter(None, names))) if isinstance(names, list | tuple) else names

    @field_validator("search_folder", "prompts")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        """Keep the place itself, not the way to it: a run may be resumed from elsewhere."""
        return value.expanduser().resolve() if value is not None else None

    def shaping(self) -> dict[str, Any]:
        """Return what changes a run's result, for its fingerprint: not limits, which a resume may raise, nor where things are."""
        named = {"temperature", "max_output_tokens", "rounds", "documents_per_round", "fetch", "base_url"}
        # What is seldom switched is left out where it is as ever, so that runs of before can be resumed.
        seldom = ["critic", "judge_twice", "readings", "passes", "turned", "by_rule"]
        seldom += ["search", "search_queries", "search_documents", "search_urls"]
        named |= {name for name in seldom if getattr(self, name) != type(self).model_fields[name].default}
        return self.model_dump(mode="json", include=named)

    def kept(self) -> dict[str, Any]:
        """Return what a run keeps of its settings, to be resumed with."""
        return self.model_dump(mode="json", exclude=_NOT_OF_THE_RUN)

    @property
    def asking(self) -> Prompts:
        """By which prompts the run asks."""
        return Prompts(self.prompts, self.turned)

    @property
    def run_limits(self) -> Limits:
        """The limits of the run as a whole."""
        return Limits(max_calls=self.max_calls, max_usd=self.max_usd, max_tokens=self.max_tokens, max_minutes=self.max_minutes)


def load_settings(config: Path | None, flags: dict[str, Any]) -> Settings:
    """Build the settings once.

    Raises:
        UsageError: a file can't be read or a value is wrong; its key is named.
    """
    from_file = _read(config) if config is not None else {}
    given = {key: value for key, value in flags.items() if value is not None}
    try:
        environment = Settings(**{key: value for key, value in from_file.items() if _env_unset(key)})
        return Settings(**{**environment.model_dump(), **given})
    except ValidationError as problem:
        raise _wrong(problem, f" in {config}" if config else "") from problem


def _read(config: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(config.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as problem:
        raise UsageError(f"the configuration {config} can't be read: {problem}") from problem
    if not isinstance(found, dict):
        raise UsageError(f"the configuration {config} must be `key: value` lines")
    if isinstance(found.get("prompts"), str):  # so that a configuration and its prompts can be moved, and shipped, together
        found["prompts"] = config.parent.absolute() / Path(found["prompts"]).expanduser()
    return found


def configured(config: Path, flags: dict[str, Any]) -> Settings:
    """Build the settings of one of several configurations: flags say who judges only where its file doesn't, role by role.

    Raises:
        UsageError: see `load_settings`.
    """
    own = _read(config)
    if "reasoner" in own:
        return load_settings(config, {})
    given = {name: value for name, value in flags.items() if name not in own or name == "models"}
    if own.get("models") and given.get("models"):
        given["models"] = {**given["models"], **own["models"]}
    return load_settings(config, {name: value for name, value in given.items() if name != "models" or value})


def model_flags(given: list[str] | None) -> dict[str, Any]:
    """Read --model values: PROVIDER:MODEL for every role, or ROLE=PROVIDER:MODEL.

    Raises:
        UsageError: there is no such role.
    """
    found: dict[str, Any] = {"models": {}}
    for one in given or []:
        role, equals, model = one.partition("=")
        if not equals:
            found["model"] = one
        elif role in set(Role):
            found["models"][role] = model
        else:
            raise UsageError(f"--model {one}: there is no role {role!r}; the roles are {', '.join(Role)}")
    return {key: value for key, value in found.items() if value}


def resumed_settings(kept: dict[str, Any], config: Path | None, flags: dict[str, Any]) -> Settings:
    """Build a resumed run's settings: those it keeps, then a configuration file's, then flags; the home and database are this process's.

    Raises:
        UsageError: a value is wrong, or the run was kept by a version with other settings.
    """
    here = load_settings(config, {})
    changed = here.model_dump(include=set(_read(config))) if config is not None else {}  # what it doesn't name stays as the run has it
    given = {key: value for key, value in flags.items() if value is not None}
    try:
        return Settings(**{**kept, **changed, "home": here.home, "database": here.database, **given})
    except ValidationError as problem:
        raise _wrong(problem, " of the run") from problem


def _wrong(problem: ValidationError, where: str) -> UsageError:
    places = "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in problem.errors())
    return UsageError(f"wrong settings{where}: {places}")


def editor() -> list[str]:
    """Return the command of the editor that a person has set up for such things, as git does."""
    return shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")


def _env_unset(key: str) -> bool:
    """Let the environment win over the file: pydantic-settings puts arguments first."""
    return f"CRUXMAP_{key.upper()}" not in os.environ
