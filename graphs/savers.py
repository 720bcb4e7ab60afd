"""What cruxmap asks of a checkpoint saver beside LangGraph's own: to write for the run's owner only, and to thin out."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, ChannelVersions, Checkpoint, CheckpointMetadata

Check = Callable[[], None]


class Saver(BaseCheckpointSaver[str]):
    """Stands before one of LangGraph's savers among a class's bases: ``check`` runs before each write, and may refuse it."""

    check: Check

    async def aput(
        self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata, new_versions: ChannelVersions
    ) -> RunnableConfig:
        """Check, then write."""
        await asyncio.to_thread(self.check)
        return await super().aput(config, checkpoint, metadata, new_versions)

    async def aput_writes(self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = "") -> None:
        """Check, then write."""
        await asyncio.to_thread(self.check)
        await super().aput_writes(config, writes, task_id, task_path)

    @abstractmethod
    async def thin(self, run: str, keep: int) -> int:
        """Remove all but a run's latest ``keep`` checkpoints, all or none; return how many went.

        Not LangGraph's ``aprune``: it keeps one checkpoint only, and its SQLite saver has none.
        """
