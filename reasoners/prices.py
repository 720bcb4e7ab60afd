"""Prices: what a call costs, from the maintained table `genai-prices` or as configured. What has no price is unpriced, never free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import genai_prices
from pydantic import BaseModel, ConfigDict, Field

_PROVIDERS: Final = {
    "google_genai": "google",
    "google_vertexai": "google",
    "mistralai": "mistral",
    "bedrock": "aws",
    "azure_openai": "azure",
}
"""LangChain's names of providers, where the table has others."""


class Price(BaseModel):
    """USD for a million tokens, for models that the table doesn't know. Discounts (cached input, batches) are not taken off."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    input_usd: float = Field(ge=0)
    output_usd: float = Field(ge=0)


@dataclass(frozen=True)
class Prices:
    """Looks prices up by PROVIDER:MODEL. ``configured`` comes first; a ``base_url`` says who really serves the model."""

    configured: Mapping[str, Price] = field(default_factory=dict)
    base_url: str = ""

    def cost(self, model: str, *, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> float | None:
        """Return USD, or None if the model has no known price. ``cached_tokens`` are those of the input that were read from a cache."""
        own = self.configured.get(model)
        if own is not None:
            return (input_tokens * own.input_usd + output_tokens * own.output_usd) / 1_000_000
        if not _listed(model, self.base_url):
            return None
        usage = genai_prices.Usage(input_tokens=input_tokens, output_tokens=output_tokens, cache_read_tokens=cached_tokens or None)
        return _priced(model, self.base_url, usage)

    def known(self, model: str) -> bool:
        """Say whether a model has a price."""
        return model in self.configured or _listed(model, self.base_url)


def _priced(model: str, base_url: str, usage: genai_prices.Usage) -> float:
    provider, _, name = model.partition(":")
    if base_url:
        return float(genai_prices.calc_price(usage, name, provider_api_url=base_url).total_price)
    return float(genai_prices.calc_price(usage, name, provider_id=_PROVIDERS.get(provider, provider)).total_price)


@cache
def _listed(model: str, base_url: str) -> bool:
    """Say whether the table knows what the model costs there."""
    try:
        _priced(model, base_url, genai_prices.Usage(input_tokens=1))
    except (LookupError, ValueError):
        return False
    return True
