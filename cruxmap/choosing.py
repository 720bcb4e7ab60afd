"""Choosing who judges: models, a recording, people through the exchange, or without any of them the baseline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from cruxmap.redacting import without_secrets
from cruxmap.settings import Settings
from graphs.fingerprints import changes
from prompts.tasks.base import Role
from reasoners.baseline.answering import baseline
from reasoners.chat import ChatAnswerer
from reasoners.errors import Unconfigured
from reasoners.exchange import ExchangeAnswerer
from reasoners.local import LocalAnswerer
from reasoners.reasoner import Answerer
from reasoners.recordings import Recording, RecordingAnswerer
from reasoners.ruled import RuledAnswerer
from sources.embedding import Embedder

UNNAMED: Final = (
    "no model is named, so the requests will name none: people can answer them, a batch service will refuse them. "
    "For one begin again with --model NAME"
)
RECORDING: Final = "recording.jsonl.gz"
"""The recording that a case may ship, beside its case.yaml."""


def models_of(settings: Settings) -> dict[Role, str]:
    """Return the model that is named for each role, "" for none; roles that rules answer have none."""
    return {role: settings.models.get(role) or settings.model for role in Role if role not in settings.by_rule}


def is_paid(answerer: Answerer) -> bool:
    """Say whether models are asked as the run goes on, which may cost something."""
    return isinstance(answerer.other if isinstance(answerer, RuledAnswerer) else answerer, ChatAnswerer)


def make_answerer(
    settings: Settings, case_folder: Path, fingerprint: Mapping[str, str], embedder: Embedder, note: Callable[[str], None]
) -> Answerer:
    """Choose who judges, and let the rules of the baseline answer the roles that the settings leave to them; see `_chosen`."""
    chosen = _chosen(settings, case_folder, fingerprint, embedder, note)
    by_rule_anyway = isinstance(chosen, LocalAnswerer)
    return RuledAnswerer(chosen, baseline(embedder), settings.by_rule) if settings.by_rule and not by_rule_anyway else chosen


def _chosen(
    settings: Settings, case_folder: Path, fingerprint: Mapping[str, str], embedder: Embedder, note: Callable[[str], None]
) -> Answerer:
    """Choose who judges. ``fingerprint``: the run's, without models; a case's recording is replayed only if it was made of the same.

    Raises:
        Unconfigured: what was asked for lacks a model or a file.
    """
    models = models_of(settings)
    recording = settings.recording or case_folder / RECORDING
    if settings.reasoner == "recording":
        if not recording.is_file():
            raise Unconfigured(f"there is no recording {recording}: make one with `cruxmap run CASE --record FILE`")
        return RecordingAnswerer(recording)
    if settings.reasoner == "exchange":
        if not all(models.values()):
            note(UNNAMED)
        return ExchangeAnswerer(models, temperature=settings.temperature, max_output_tokens=settings.max_output_tokens)
    if settings.reasoner == "baseline":
        return baseline(embedder)
    if settings.reasoner == "auto" and not any(models.values()):
        return _without_models(recording, fingerprint, embedder, note)
    missing = [role.value for role, model in models.items() if not model]
    if missing:
        raise Unconfigured(f"no model for {', '.join(missing)}: give --model PROVIDER:MODEL, or --model ROLE=PROVIDER:MODEL for each")
    return ChatAnswerer(
        models,
        base_url=settings.base_url,
        temperature=settings.temperature,
        timeout=settings.timeout_seconds,
        outage=60 * settings.outage_minutes,
        concurrency=settings.concurrency,
        prices=settings.prices,
        max_output_tokens=settings.max_output_tokens,
        note=note,
        redact=without_secrets,
    )


def _without_models(recording: Path, fingerprint: Mapping[str, str], embedder: Embedder, note: Callable[[str], None]) -> Answerer:
    if not recording.is_file():
        return baseline(embedder)
    recorded = _asked_of(Recording.read(recording).header.fingerprint)
    changed = changes(
        recorded, {name: digest for name, digest in _asked_of(fingerprint).items() if name in recorded or "prompt" not in name}
    )
    if changed:
        note(f"the recording {recording.name} is not replayed, it was made of something else: {'; '.join(changed[:3])}")
        return baseline(embedder)
    return RecordingAnswerer(recording)


def _asked_of(fingerprint: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of a fingerprint that shape what is asked: a question is answered by its own digest, whatever order it comes in.

    A prompt that came later, for a task that the recorded run didn't have, changes nothing.
    """
    return {name: digest for name, digest in fingerprint.items() if name.startswith(("prompt ", "document ", "case", "configuration"))}
