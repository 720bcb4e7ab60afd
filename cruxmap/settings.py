"""Settings: defaults, then the configuration file, then CRUXMAP_ variables, then flags; built once, frozen."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cruxmap.errors import UsageError
from prompts.tasks.base import Role

ReasonerName = Literal["auto", "chat", "baseline"]


class Settings(BaseSettings):
    """Everything that shapes a run beside its case. A wrong value fails at the start with its key named."""

    model_config = SettingsConfigDict(env_prefix="CRUXMAP_", frozen=True, extra="forbid", nested_model_default_partial_update=True)

    home: Path = Path(".cruxmap")
    reasoner: ReasonerName = "auto"
    model: str = ""
    models: dict[Role, str] = {}
    base_url: str = ""
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    timeout_seconds: Annotated[float, Field(gt=0)] = 120.0
    concurrency: Annotated[int, Field(ge=1, le=64)] = 4
    rounds: Annotated[int, Field(ge=1, le=20)] = 1
    documents_per_round: Annotated[int, Field(ge=1)] | None = None
    max_usd: Annotated[float, Field(ge=0)] | None = None
    max_calls: Annotated[int, Field(ge=0)] | None = None
    max_minutes: Annotated[float, Field(ge=0)] | None = None
    fetch: bool = False
    allow_private: bool = False

    def shaping(self) -> dict[str, Any]:
        """Return what changes a run's result, for its fingerprint: not limits, which a resume may raise, nor where things are."""
        return self.model_dump(mode="json", include={"temperature", "rounds", "documents_per_round", "fetch", "base_url"})


def load_settings(config: Path | None, flags: dict[str, Any]) -> Settings:
    """Build the settings once.

    Raises:
        UsageError: a file can't be read or a value is wrong; its key is named.
    """
    from_file: dict[str, Any] = {}
    if config is not None:
        try:
            from_file = yaml.safe_load(config.read_text(encoding="utf-8")) or {}
        except (OSError, yaml.YAMLError, UnicodeDecodeError) as problem:
            raise UsageError(f"the configuration {config} can't be read: {problem}") from problem
        if not isinstance(from_file, dict):
            raise UsageError(f"the configuration {config} must be `key: value` lines")
    given = {key: value for key, value in flags.items() if value is not None}
    try:
        environment = Settings(**{key: value for key, value in from_file.items() if _env_unset(key)})
        return Settings(**{**environment.model_dump(), **given})
    except ValidationError as problem:
        places = "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in problem.errors())
        raise UsageError(f"wrong settings{f' in {config}' if config else ''}: {places}") from problem


def editor() -> list[str]:
    """Return the command of the editor that a person has set up for such things, as git does."""
    return shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")


def _env_unset(key: str) -> bool:
    """Let the environment win over the file: pydantic-settings puts arguments first."""
    return f"CRUXMAP_{key.upper()}" not in os.environ
