"""The command line and the public Python interface; runs and their registry.

``cruxmap.open("eggs.jsonl")`` opens a package, a run, a revision or a home for reading; see docs/python.md.
"""

from cruxmap.knowledge_bases import KnowledgeBase
from cruxmap.knowledge_bases import open_base as open  # noqa: A004  # cruxmap.open is what a reader expects; nothing here opens files

__all__ = ["KnowledgeBase", "open"]
