"""The checks of the audit, one class each."""

from .actions import Actions, Required
from .additions import Additions
from .base import Check, Entry, Found, View, WholeSet
from .containers import FileMeta, Preamble, Remains
from .faithful import Faithful
from .forms import NumbersAreNumbers
from .leaks import LeakedValues, LeakedWords, LeakInNames
from .pixels import PixelsUntouched
from .private import PrivateElements, PrivateKept
from .review import NeedsReview
from .times import DateShift, SuvInputs
from .uids import UidMapping, UidTree
from .whole import Accounting, Pseudonyms, Secrets

__all__ = [
    "Accounting",
    "Actions",
    "Additions",
    "Check",
    "DateShift",
    "Entry",
    "Faithful",
    "FileMeta",
    "Found",
    "LeakInNames",
    "LeakedValues",
    "LeakedWords",
    "NeedsReview",
    "NumbersAreNumbers",
    "PixelsUntouched",
    "Preamble",
    "PrivateElements",
    "PrivateKept",
    "Pseudonyms",
    "Remains",
    "Required",
    "Secrets",
    "SuvInputs",
    "UidMapping",
    "UidTree",
    "View",
    "WholeSet",
    "default_checks",
]


def default_checks() -> list[Check]:
    """Return all checks: this list is what the audit does."""
    return [
        LeakedValues(),
        LeakedWords(),
        LeakInNames(),
        Preamble(),
        FileMeta(),
        Remains(),
        UidMapping(),
        UidTree(),
        Pseudonyms(),
        DateShift(),
        SuvInputs(),
        Actions(),
        Faithful(),
        Required(),
        NumbersAreNumbers(),
        Additions(),
        PrivateElements(),
        PrivateKept(),
        PixelsUntouched(),
        Accounting(),
        Secrets(),
        NeedsReview(),
    ]
