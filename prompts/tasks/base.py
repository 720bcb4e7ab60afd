"""What a task is: a prompt file, the variables that fill it, and the shape of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict


class Role(StrEnum):
    """What kind of judge a task needs; a configuration maps each role to a model."""

    EXTRACT = "extract"
    STRUCTURE = "structure"
    CRITIC = "critic"
    JUDGE = "judge"


class Inputs(BaseModel):
    """The variables of a prompt, one field each: plain frozen values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def turned(self) -> Self:
        """Return the same with each list of numbered things from its end; each keeps its number, so that answers mean the same."""
        lists = {name: value for name, value in self if isinstance(value, tuple) and all(hasattr(one, "number") for one in value)}
        return self.model_copy(update={name: value[::-1] for name, value in lists.items()})


class Output(BaseModel):
    """A part of an answer. Unknown fields are refused: what was not asked for is not believed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


InputsT = TypeVar("InputsT", bound=Inputs)
OutputT = TypeVar("OutputT", bound=Output)


@dataclass(frozen=True)
class Task(Generic[InputsT, OutputT]):
    """One thing that a reasoner can be asked. ``name`` is ``<agent>/<task>``, the path of its prompt without ``.md``."""

    name: str
    role: Role
    inputs: type[InputsT]
    output: type[OutputT]

    @property
    def schema(self) -> dict[str, Any]:
        """The answer's JSON schema."""
        return _schema(self.output)


@cache
def _schema(output: type[Output]) -> dict[str, Any]:
    """Work a schema out once a process: pydantic takes milliseconds for it, and each question's key has one."""
    return output.model_json_schema()
