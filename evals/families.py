"""Families of models: who judges must not be of the family that is judged, since models favour what reads like their own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_FAMILIES: Final = (
    (r"claude|anthropic", "Claude"),
    (r"gpt|chatgpt|openai|\bo[1345]\b", "GPT"),
    (r"gemini|gemma|palm|google", "Gemini"),
    (r"llama|meta\b", "Llama"),
    (r"mi[sx]tral|codestral|magistral", "Mistral"),
    (r"qwen|qwq", "Qwen"),
    (r"deepseek", "DeepSeek"),
    (r"grok|xai", "Grok"),
    (r"command-|cohere", "Command"),
    (r"\bphi\b", "Phi"),
    (r"^baseline", "baseline"),
)


def family_of(model: str) -> str:
    """Name the family of a model by its declared name: of ``openai:gpt-5`` GPT; "" of one that isn't known.

    The model's part of the name goes before the provider's: a provider may serve other families' models. A person is a family of one.
    """
    provider, _, name = model.strip().casefold().rpartition(":")
    if provider == "person":
        return model.strip()
    for part in (name, provider):
        for pattern, family in _FAMILIES:
            if re.search(pattern, part):
                return family
    return ""


def shared_families(judges: Iterable[str], judged: Iterable[str]) -> list[str]:
    """Return the families that are or may be on both sides, by name: nobody can say what an unknown model was made from."""
    on_one, on_other = set(judges), set(judged)
    unknown = sorted(model for model in on_one | on_other if not family_of(model)) if on_one and on_other else []
    known = sorted(({family_of(model) for model in on_one} & {family_of(model) for model in on_other}) - {""})
    return [*known, *(f"{model}, whose family isn't known" for model in unknown)]
