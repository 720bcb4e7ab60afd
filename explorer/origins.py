"""The page of upstreams: which there are, and who leans on each."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.pages import users_of_origins
from knowledge.layers import group
from knowledge.records import Alias, Source, Upstream
from knowledge.views import View


@dataclass(frozen=True)
class Origin:
    """An upstream and the sources that lean on it: (id, title, how). ``also``: the other names that it goes by, and why they are one."""

    id: str
    name: str
    also: tuple[tuple[str, str], ...]
    kind: str
    url: str
    users: tuple[tuple[str, str, str], ...]


def origins_of(view: View) -> list[Origin]:
    """List the upstreams, the most leaned on first."""
    users = users_of_origins(view)
    reasons = group(view.all(Alias), lambda one: one.member)
    found = [
        Origin(
            upstream.id,
            upstream.name,
            tuple(sorted((other.name, why.reason) for other in view.names(upstream.id)[1:] for why in reasons[other.id])),
            upstream.kind.value,
            upstream.url,
            tuple(sorted((source, view.get(source, Source).title, ", ".join(sorted(how))) for source, how in users[upstream.id].items())),
        )
        for upstream in view.all(Upstream)
        if view.origin(upstream.id) == upstream.id
    ]
    return sorted(found, key=lambda one: (-len(one.users), one.name))
