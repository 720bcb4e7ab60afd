"""Searching: who is searched for more documents, by the settings, the case and the keys in the environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from cruxmap.errors import UsageError
from cruxmap.settings import Provider, Settings
from sources.case_files import Case
from sources.errors import CaseUnreadable
from sources.searching import arxiv, crossref, openalex, semantic_scholar, web, wikipedia
from sources.searching.endpoints import KEY_OF, Endpoint
from sources.searching.folders import Folder
from sources.searching.queries import Searcher


class SearchKeys(BaseSettings):
    """The providers' keys, from the environment under their own names. They are never kept, shown or logged."""

    model_config = SettingsConfigDict(frozen=True)
    openalex_api_key: SecretStr | None = None
    semantic_scholar_api_key: SecretStr | None = None
    tavily_api_key: SecretStr | None = None
    exa_api_key: SecretStr | None = None
    brave_api_key: SecretStr | None = None

    def of(self, provider: str) -> SecretStr | None:
        """Return a provider's key, if there is one."""
        key: SecretStr | None = getattr(self, KEY_OF[provider].lower()) if provider in KEY_OF else None
        return key if key and key.get_secret_value().strip() else None

    def needed(self, provider: str) -> SecretStr:
        """Return the key of a provider that answers nobody without one.

        Raises:
            UsageError: it isn't set; the message says which variable.
        """
        key = self.of(provider)
        if key is None:
            raise UsageError(f"--search {provider} needs a key: set {KEY_OF[provider]} in the environment, or leave {provider} out")
        return key


def searched_folder(settings: Settings, case: Case, case_folder: Path) -> Folder | None:
    """Open the folder to search: the settings' own, or else the case's, which lies inside the case.

    Raises:
        SourceError: it isn't there, or leads out of the case.
    """
    if settings.search_folder is not None:
        return Folder(settings.search_folder)
    if not case.search_folder or settings.rounds < 2:
        return None
    root = case_folder / case.search_folder
    if not root.resolve().is_relative_to(case_folder.resolve()):
        raise CaseUnreadable(str(root), "search_folder leads out of the case's folder", "Give it by hand: --search-folder DIR.")
    return Folder(root)


def searchers(settings: Settings, folder: Folder | None, keys: SearchKeys, *, patience: float = 1.0) -> list[Searcher]:
    """Make those who are asked, the folder first.

    Raises:
        UsageError: a provider's key is missing, or there is no round to search in.
    """
    if (settings.search or folder) and settings.rounds < 2:
        raise UsageError("the first round reads the case's own documents: to search, say --rounds 2 or more")
    made: list[Searcher] = [folder] if folder else []
    return [*made, *(_searcher(name, settings, keys, patience=patience) for name in settings.search)]


@dataclass(frozen=True)
class _Provider:
    """How a provider is asked. ``pause``: seconds between questions; ``header`` or ``parameter``: what carries its key.

    ``scheme``: what stands before the key; ``needs_key``: it answers nobody without one.
    """

    made: Callable[[Endpoint], Searcher]
    url: str
    pause: float = 0.0
    header: str = ""
    parameter: str = ""
    scheme: str = ""
    needs_key: bool = False


_PROVIDERS: Final[Mapping[Provider, _Provider]] = {
    "openalex": _Provider(openalex.OpenAlex, openalex.BASE_URL, parameter="api_key"),
    "crossref": _Provider(crossref.Crossref, crossref.BASE_URL, crossref.PAUSE),
    "semantic_scholar": _Provider(semantic_scholar.SemanticScholar, semantic_scholar.BASE_URL, semantic_scholar.PAUSE, header="x-api-key"),
    "arxiv": _Provider(arxiv.Arxiv, arxiv.BASE_URL, arxiv.PAUSE),
    "wikipedia": _Provider(wikipedia.Wikipedia, wikipedia.BASE_URL, wikipedia.PAUSE),
    "tavily": _Provider(web.Tavily, web.TAVILY_URL, header="Authorization", scheme="Bearer ", needs_key=True),
    "exa": _Provider(web.Exa, web.EXA_URL, header="x-api-key", needs_key=True),
    "brave": _Provider(web.Brave, web.BRAVE_URL, web.BRAVE_PAUSE, header="X-Subscription-Token", needs_key=True),
}


def _searcher(name: Provider, settings: Settings, keys: SearchKeys, *, patience: float) -> Searcher:
    provider = _PROVIDERS[name]
    key = keys.needed(name) if provider.needs_key else keys.of(name)
    said = SecretStr(f"{provider.scheme}{key.get_secret_value()}") if key else None
    return provider.made(
        Endpoint(
            name,
            settings.search_urls.get(name, provider.url),
            pause=provider.pause,
            headers={provider.header: said} if said and provider.header else {},
            secrets={provider.parameter: said} if said and provider.parameter else {},
            mailto=settings.mailto,
            patience=patience,
        )
    )
