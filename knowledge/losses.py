"""Why records that counted once don't any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from knowledge.formats.bundles import label, shortened
from knowledge.records import Retraction
from knowledge.views import View


def why_lost(new: View, old: View) -> dict[str, str]:
    """Map the records of an older view that no longer count to why: the reason of a retraction, or with what they fell.

    Records that the newer view never had, as those of another run, are left out.
    """
    retracted: dict[str, list[str]] = defaultdict(list)
    for retraction in new.all(Retraction):
        retracted[retraction.record].append(retraction.reason)
    said = {key: "; ".join(sorted(why)) for key, why in retracted.items()}
    for key, record in old.records.items():
        if key in new.records or key in retracted or isinstance(record, Retraction):
            continue
        root = _root(key, new, old, retracted)
        if root != key and root in retracted:
            said[key] = f"fell with {shortened(label(old.records[root], old), 60)}"
    return said


def _root(key: str, new: View, old: View, retracted: Collection[str]) -> str:
    """Follow what a lost record names to what was retracted."""
    while key not in retracted:
        gone = [named for _, named, _ in old.records[key].named() if named not in new.records and named in old.records]
        if not gone:
            break
        key = next((named for named in gone if named in retracted), gone[0])
    return key
