"""Trying again what may pass."""

from __future__ import annotations

import pytest

from sources.retrying import TRIES, Again, retried, seconds_asked


def test_retry_after_is_seconds_or_a_date() -> None:
    """Both forms of RFC 9110 are read; anything else says nothing."""
    assert seconds_asked("7") == 7
    assert seconds_asked("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert seconds_asked("soon") is None
    assert seconds_asked("²") is None
    assert seconds_asked("") is None


@pytest.mark.parametrize("failures", range(TRIES + 1))
async def test_what_may_pass_is_tried_so_often_and_no_more(failures: int) -> None:
    """The first answer counts; after the last try the failure is raised."""
    tried = 0

    async def attempt() -> str:
        nonlocal tried
        tried += 1
        if tried <= failures:
            raise Again(f"failure {tried}")
        return "answer"

    if failures < TRIES:
        assert await retried(attempt, patience=0.0) == "answer"
        assert tried == failures + 1
    else:
        with pytest.raises(Again, match=f"failure {TRIES}"):
            await retried(attempt, patience=0.0)
        assert tried == TRIES


async def test_what_cannot_pass_is_not_tried_again() -> None:
    """Any other failure is raised at once."""
    tried = 0

    async def attempt() -> str:
        nonlocal tried
        tried += 1
        raise ValueError("for good")

    with pytest.raises(ValueError, match="for good"):
        await retried(attempt, patience=0.0)
    assert tried == 1
