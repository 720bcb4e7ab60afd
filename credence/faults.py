"""What the critic holds against a testimony: it is then weighed once more, by a judge who reads both sides of it.

A finding moves no number by itself. Whoever judges testimonies weighs each without knowing the critic first; where a finding stands, the
same judge weighs it again with the case against it and the case for it before their eyes, and that weight counts instead. It does so only
as long as the finding stands, so that what a finding changes is the difference between the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final

from knowledge.records import Assertion, Finding, Judgment
from knowledge.views import View
from knowledge.vocabulary import Fault, Quantity, Severity

HEARD: Final = 1
"""The wording of a testimony's weight as judged after hearing the critic; before, it is 0."""


def faults(view: View) -> dict[str, tuple[Finding, ...]]:
    """Map each assertion (id) that is weighed once more to the findings about it, by id.

    Left out are findings of low severity, for which by their definition no careful reader would trust a testimony less, and those whose
    fault is the record's, which are about our wording and no testimony.
    """
    found: dict[str, list[Finding]] = defaultdict(list)
    for one in view.all(Finding):
        if one.severity is not Severity.LOW and one.fault_of is not Fault.RECORD and isinstance(view.records.get(one.about), Assertion):
            found[one.about].append(one)
    return {about: tuple(sorted(several, key=lambda one: one.id)) for about, several in sorted(found.items())}


def standing(judgments: Sequence[Judgment], faulty: Collection[str]) -> list[Judgment]:
    """Return which of several judgments of one number count: of each judge's weights of a faulty testimony those given after hearing.

    ``faulty``: the assertions (ids) on which findings stand, none to leave out what was judged after hearing. Where nothing was judged
    before, what was judged after counts all the same.
    """
    judges = {one.judge for one in judgments if is_heard(one) and one.record in faulty}
    return [one for one in judgments if is_heard(one) == (one.judge in judges)] or list(judgments)


def is_heard(judgment: Judgment) -> bool:
    """Say whether a judgment is a testimony's weight, given after hearing the critic."""
    return judgment.quantity is Quantity.EVIDENCE and judgment.wording == HEARD
