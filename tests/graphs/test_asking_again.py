"""What is asked again, against a real server on loopback."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphs.searching import looked_up
from knowledge.vocabulary import SearchAim
from sources.errors import Unsearchable
from sources.searching.endpoints import Endpoint
from sources.searching.lookups import Lookups
from sources.searching.queries import Query
from sources.searching.wikipedia import Wikipedia
from tests.sources.searching.library import Library, Work, serving

QUERY = Query(SearchAim.GAP, "gap-1", must=("eggs",))


async def test_an_outage_is_met_again_in_its_round_and_asked_about_in_the_next(tmp_path: Path) -> None:
    """A run that is resumed in a round doesn't ask again who was down; the next round does, and what is answered then is kept."""
    lookups = Lookups.at(tmp_path / "lookups.db", "run")
    with serving(Library([Work("Eggs and hearts", "Eggs harm nobody.", abstract="Eggs.")])) as library:
        library.faults["wikipedia"] = [(429, {"Retry-After": "3600"}, b"")]
        searcher = Wikipedia(Endpoint("wikipedia", library.urls()["wikipedia"], patience=0.0))
        for _ in range(2):
            with pytest.raises(Unsearchable, match="asks to wait 3600 seconds") as failed:
                await looked_up(lookups, searcher, QUERY, in_round=1)
            assert failed.value.lasting
        assert len(library.asked) == 1
        for _ in range(2):
            assert [lead.title for lead in await looked_up(lookups, searcher, QUERY, in_round=2)] == ["Eggs and hearts"]
        assert len(library.asked) == 2
    lookups.close()
