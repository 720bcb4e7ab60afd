"""Configurations: the named settings under which agents are compared, from ``agents/configurations/*.yaml`` or a file of one's own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from evals.errors import EvalError


@dataclass(frozen=True)
class Configuration:
    """A file of settings as `cruxmap run --config` takes it. ``digest``: hex sha256 of its bytes."""

    name: str
    path: Path
    digest: str


def shipped() -> dict[str, Path]:
    """Return the configurations that come with the program, by name."""
    folder = Path(str(files("agents").joinpath("configurations")))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def find_configuration(given: str) -> Configuration:
    """Find a configuration by its name or its file.

    Raises:
        EvalError: there is none; the known names are given.
    """
    path = shipped().get(given) or Path(given)
    if not path.is_file():
        raise EvalError(f"there is no configuration {given!r}: name one of {', '.join(shipped())}, or give a YAML file of settings")
    return Configuration(path.stem, path, hashlib.sha256(path.read_bytes()).hexdigest())
