"""Searching: who is searched for more documents, by the settings, the case and the keys in the environment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from cruxmap.errors import UsageError
from cruxmap.settings import Settings
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
    return [*made, *(_MAKERS[name](settings, keys, patience) for name in settings.search)]


def _openalex(settings: Settings, keys: SearchKeys, patience: float) -> Searcher:
    key = keys.of("openalex")
    secrets = {"api_key": key} if key else {}
    url = settings.search_urls.get("openalex", openalex.BASE_URL)
    return openalex.OpenAlex(Endpoint("openalex", url, secrets=secrets, mailto=settings.mailto, patience=patience), mailto=settings.mailto)


def _crossref(settings: Settings, keys: SearchKeys, patience: float) -> Searcher:
    del keys
    url = settings.search_urls.get("crossref", crossref.BASE_URL)
    endpoint = Endpoint("crossref", url, pause=crossref.PAUSE, mailto=settings.mailto, patience=patience)
    return crossref.Crossref(endpoint, mailto=settings.mailto)


def _semantic_scholar(settings: Settings, keys: SearchKeys, patience: float) -> Searcher:
    key = keys.of("semantic_scholar")
    url = settings.search_urls.get("semantic_scholar", semantic_scholar.BASE_URL)
    headers = {"x-api-key": key} if key else {}
    pause = semantic_scholar.PAUSE
    return semantic_scholar.SemanticScholar(
        Endpoint("semantic_scholar", url, pause=pause, headers=headers, mailto=settings.mailto, patience=patience)
    )


def _arxiv(settings: Settings, keys: SearchKeys, patience: float) -> Searcher:
    del keys
    url = settings.search_urls.get("arxiv", arxiv.BASE_URL)
    return arxiv.Arxiv(Endpoint("arxiv", url, pause=arxiv.PAUSE, mailto=settings.mailto, patience=patience))


def _wikipedia(settings: Settings, keys: SearchKeys, patience: float) -> Searcher:
    del keys
    url = settings.search_urls.get("wikipedia", wikipedia.BASE_URL)
    return wikipedia.Wikipedia(Endpoint("wikipedia", url, pause=wikipedia.PAUSE, mailto=settings.mailto, patience=patience))


def _tavily(settings: Settings, keys: SearchKeys, patience: float) -> Searcher:
    bearer = SecretStr(f"Bearer {keys.needed('tavily').get_secret_value()}")
    url = settings.search_urls.get("tavily", web.TAVILY_URL)
    return web.Tavily(Endpoint("tavily", url, headers={"Authorization": bearer}, mailto=settings.mailto, patience=patience))


def _exa(settings: Settings, keys: SearchKeys, patience: float) -> Searcher:
    url = settings.search_urls.get("exa", web.EXA_URL)
    return web.Exa(Endpoint("exa", url, headers={"x-api-key": keys.needed("exa")}, mailto=settings.mailto, patience=patience))


def _brave(settings: Settings, keys: SearchKeys, patience: float) -> Searcher:
    url = settings.search_urls.get("brave", web.BRAVE_URL)
    headers = {"X-Subscription-Token": keys.needed("brave")}
    return web.Brave(Endpoint("brave", url, pause=web.BRAVE_PAUSE, headers=headers, mailto=settings.mailto, patience=patience))


_MAKERS: Final[dict[str, Callable[[Settings, SearchKeys, float], Searcher]]] = {
    "openalex": _openalex,
    "crossref": _crossref,
    "semantic_scholar": _semantic_scholar,
    "arxiv": _arxiv,
    "wikipedia": _wikipedia,
    "tavily": _tavily,
    "exa": _exa,
    "brave": _brave,
}
