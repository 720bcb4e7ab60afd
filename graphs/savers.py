"""What cruxmap asks of a checkpoint saver beside LangGraph's own: to write for the run's owner only, and to thin out."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, ChannelVersions, Checkpoint, CheckpointMetadata

from graphs.errors import CheckpointsUnusable
from knowledge.databases import told

Check = Callable[[], None]


class Saver(BaseCheckpointSaver[str]):
    """Stands before one of LangGraph's savers among a class's bases: ``check`` runs before each write, and may refuse it.

    Raises:
        CheckpointsUnusable: by every write that the database refuses, such as for want of space.
    """

    failures: ClassVar[type[Exception]]
    """What the database's driver raises."""
    check: Check

    async def aput(
        self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata, new_versions: ChannelVersions
    ) -> RunnableConfig:
        """Check, then write."""
        await asyncio.to_thread(self.check)
        with self._writing():
            return await super().aput(config, checkpoint, metadata, new_versions)

    async def aput_writes(self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = "") -> None:
        """Check, then write."""
        await asyncio.to_thread(self.check)
        with self._writing():
            await super().aput_writes(config, writes, task_id, task_path)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except self.failures as problem:
            raise CheckpointsUnusable(f"a checkpoint can't be written: {told(problem)}") from problem

    @abstractmethod
    async def thin(self, run: str, keep: int) -> int:
        """Remove all but a run's latest ``keep`` checkpoints, all or none; return how many went.

        Not LangGraph's ``aprune``: it keeps one checkpoint only, and its SQLite saver has none.
        """
