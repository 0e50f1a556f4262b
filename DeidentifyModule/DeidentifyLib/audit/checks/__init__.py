"""The checks of the audit, one class each."""

from .actions import Actions, Required
from .additions import Additions
from .base import Check, Entry, Found, View, WholeSet
from .containers import FileMeta, Preamble, Remains
from .faithful import Faithful
from .forms import NumbersAreNumbers
from .leaks import LeakedValues, LeakedWords, LeakInNames
from .others import OthersIdentity
from .pixels import PixelsUntouched
from .private import PrivateElements, PrivateKept
from .review import NeedsReview
from .times import DateShift, SuvInputs
from .uids import UidMapping, UidTree
from .whole import Accounting, Secrets, SubjectPseudonyms

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
    "OthersIdentity",
    "PixelsUntouched",
    "Preamble",
    "PrivateElements",
    "PrivateKept",
    "Remains",
    "Required",
    "Secrets",
    "SubjectPseudonyms",
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
        OthersIdentity(),
        Preamble(),
        FileMeta(),
        Remains(),
        UidMapping(),
        UidTree(),
        SubjectPseudonyms(),
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
