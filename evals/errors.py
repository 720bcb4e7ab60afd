"""What can go wrong with an evaluation; each message says what, where and what to do.

EvalError
├── Unfinished         a trial can go on later (in evals.benches, with the two below)
├── TrialFailed        a trial ended without a result
├── Interrupted        somebody stopped the batch
├── WorkerDied         a trial's process met a defect
├── SuiteUnusable      a suite, a case of it or its gold can't be read, or contradicts its texts
└── ResultUnusable     a result can't be read, or two results can't be compared
"""

from __future__ import annotations


class EvalError(Exception):
    """Whatever goes wrong with an evaluation."""


class WorkerDied(EvalError):
    """A trial's process met a defect and ended; its traceback stands on standard error."""


class SuiteUnusable(EvalError):
    """A suite or its gold can't be used."""


class ResultUnusable(EvalError):
    """A result can't be used for what was asked."""
