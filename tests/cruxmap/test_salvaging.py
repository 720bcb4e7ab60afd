"""What can be read of a damaged database is copied, in bounded time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

from cruxmap.salvaging import _copied


class LeadsBack:
    """A table of three rows in a damaged tree: behind the third a search comes out at the second again, and then at what can't be read."""

    def execute(self, _: str, reached: tuple[int]) -> Iterator[tuple[int, int]]:
        """Yield (row number, value)."""
        yield from ((number, 10 * number) for number in range(max(reached[0] + 1, 1), 4))
        yield (2, 20)
        raise sqlite3.DatabaseError("database disk image is malformed")


def test_a_search_that_leads_back_to_what_was_read_comes_to_an_end(tmp_path: Path) -> None:
    """Each row is copied once, and the stretch behind it is given up; it went round for ever before."""
    with closing(sqlite3.connect(tmp_path / "saved.db")) as saved:
        saved.execute("CREATE TABLE calls (value INTEGER UNIQUE)")
        assert _copied(cast("sqlite3.Connection", LeadsBack()), saved, "calls") == 3
        assert [value for (value,) in saved.execute("SELECT value FROM calls ORDER BY value")] == [10, 20, 30]
