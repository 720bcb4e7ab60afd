"""The MCP server, asked by the official client over standard input and output."""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from knowledge.packages.contents import packed
from knowledge.packages.writing import write_package
from knowledge.store import KnowledgeStore
from tests.conftest import ROOT
from tests.cruxmap.conftest import Dam

mcp = pytest.importorskip("mcp")


def plain(result: Any) -> Any:
    """Return what a tool answered as plain values."""
    assert not result.is_error, result
    found = result.structured_content
    if found is None:
        return json.loads(result.content[0].text)
    return found["result"] if set(found) == {"result"} else found


@pytest.mark.filterwarnings("ignore")
async def test_a_client_finds_opens_and_asks(tmp_path: Path) -> None:
    """Every tool says that it only reads; searching, opening, cruxes and what would change the answer all work; errors are told."""
    with closing(KnowledgeStore.at(tmp_path / "k.db")) as store:
        dam = Dam(store)
        write_package(packed(store, dam.revisions[-1]), tmp_path / "dam.jsonl")
    before = (tmp_path / "dam.jsonl").read_bytes()
    server = mcp.StdioServerParameters(
        command=sys.executable,
        args=["-m", "cruxmap.cli", "mcp", str(tmp_path / "dam.jsonl")],
        env={**os.environ, "PYTHONPATH": str(ROOT), "CRUXMAP_HOME": str(tmp_path / "home")},
    )
    async with mcp.stdio_client(server) as (read, write), mcp.ClientSession(read, write) as session:
        await session.initialize()
        tools = (await session.list_tools()).tools
        assert {tool.name for tool in tools} == {
            "list_questions",
            "search_claims",
            "open_claim",
            "list_cruxes",
            "what_would_change_the_answer",
        }
        assert all(tool.annotations is not None and tool.annotations.read_only_hint for tool in tools)
        (question,) = plain(await session.call_tool("list_questions", {}))
        assert question["text"] == "Does the dam leak?"
        (found,) = plain(await session.call_tool("search_claims", {"query": "wet wall"}))
        claim = plain(await session.call_tool("open_claim", {"claim_id": found["id"]}))
        assert claim["said"][0]["words"] == "Ada says: The wall is wet."
        cruxes = plain(await session.call_tool("list_cruxes", {"limit": 1}))
        assert len(cruxes) == 1
        change = plain(await session.call_tool("what_would_change_the_answer", {"question": "dam"}))
        assert change["now"].keys() == {"yes", "no"}
        assert change["would_change_it"]
        refused = await session.call_tool("open_claim", {"claim_id": "claim-zz"})
        assert refused.is_error
        assert "claim-zz" in refused.content[0].text
    assert (tmp_path / "dam.jsonl").read_bytes() == before
