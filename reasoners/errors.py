"""What can go wrong with a reasoner.

ReasonerError
├── Unanswered          this question stays without a usable answer: the run goes on, with an incident
│   ├── Refusal         the model or the provider's filter won't answer
│   ├── ContextOverflow the prompt is too long for the model
│   ├── Truncated       the answer is too long for the model
│   └── InvalidAnswer   no answer of the asked form, also after being told what was wrong
├── RunStops            the run can't go on now
│   ├── BadCredentials  no key, or one that is refused
│   ├── LimitReached    calls, money or time are used up; resumable
│   ├── ProviderDown    the provider stays down; resumable, and the question is asked again then
│   ├── AnswersAwaited  questions wait for people or a batch; resumable when their answers are imported
│   ├── Unrecorded      the recording has no answer to this question
│   ├── RunHeld         another process works on the run
│   ├── RunTaken        another process took the run over while this one was suspended
│   └── Unconfigured    no reasoner can be made from the configuration
└── JournalUnusable     the journal can't be read or written

The model is told what InvalidAnswer says, and may answer once more. All others are for the human: the message says what to do.
"""

from __future__ import annotations

from reasoners.requests import Attempt


class ReasonerError(Exception):
    """Whatever goes wrong with a reasoner."""


class Unanswered(ReasonerError):
    """This question stays without a usable answer: the run goes on, with an incident."""

    outcome = "unanswered"


class Refusal(Unanswered):
    """The model or the provider's filter won't answer."""

    outcome = "refusal"


class ContextOverflow(Unanswered):
    """The prompt is too long for the model."""

    outcome = "context_overflow"


class Truncated(Unanswered):
    """The answer is longer than the model's output limit, also when it is asked to be short."""

    outcome = "truncated"


class InvalidAnswer(Unanswered):
    """No answer of the asked form came, also after being told what was wrong."""

    outcome = "invalid"


UNANSWERED: dict[str, type[Unanswered]] = {kind.outcome: kind for kind in (Unanswered, Refusal, ContextOverflow, Truncated, InvalidAnswer)}
"""The kinds by the outcome that the journal keeps, so that a resumed run meets the same."""


class RunStops(ReasonerError):
    """The run can't go on now. ``attempts`` are those of the call that met it: what they used was paid for."""

    attempts: tuple[Attempt, ...] = ()


class BadCredentials(RunStops):
    """There is no key, or one that is refused; the message names the variable."""


class LimitReached(RunStops):
    """Calls, money or time are used up; the run can be resumed with more."""


class ProviderDown(RunStops):
    """The provider stays down; the run can be resumed, and asks again."""


class AnswersAwaited(RunStops):
    """Questions wait for people or a batch; the run can be resumed when their answers are imported."""


class Unrecorded(RunStops):
    """The recording has no answer to this question; the message names its prompt's digest."""


class RunHeld(RunStops):
    """Another process works on the run; the message says which and since when."""


class RunTaken(RunStops):
    """Another process took the run over while this one was suspended; nothing more may be written here."""

    def __init__(self, run: str, holder: str) -> None:
        super().__init__(f"the run {run} was taken over by {holder} while this process was suspended; nothing is lost, it goes on there")


class Unconfigured(RunStops):
    """No reasoner can be made from the configuration."""


class JournalUnusable(ReasonerError):
    """The journal can't be read or written; nothing was answered that isn't in it."""
