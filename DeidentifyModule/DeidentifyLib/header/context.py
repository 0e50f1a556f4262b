"""What the engine knows while it works on one data set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from ..free_text.cleaning import TextCleaner
from ..free_text.subject_identifiers import cleaner_for
from ..profile.actions import Action
from ..pseudonyms.pseudonymizer import Subject
from ..standard.iod_types import Path
from .declared_private import DeclaredPrivate


@dataclass(frozen=True)
class Change:
    """What happened to one element; holds original values, so it is PHI and only for the preview.

    Attributes
    ----------
    path : tuple of int
        Tags of the enclosing sequences and of the element.
    vr : str
    original, result : bytes or None
        Stored values; None for a sequence, and for a result that is absent.
    action : Action
    reason : str
        Which rule says so.
    encodings : tuple of str
        Python names of the character sets of the data set.
    """

    path: Path
    vr: str
    original: bytes | None
    result: bytes | None
    action: Action
    reason: str
    encodings: tuple[str, ...] = ("iso8859",)


@dataclass
class Context:
    """State of one data set.

    Attributes
    ----------
    subject : Subject
        Replacements of the subject of the data set.
    iod : str
        Name of the IOD, empty if unknown.
    subject_id : str, optional
        Canonical PatientID of the subject: IDs in items that differ name other persons.
    subject_name : str, optional
        Canonical PatientName of the subject.
    encodings : tuple of str
        Python names of the character sets at the top level.
    cleaner : TextCleaner
        Knows what the data set says of its subject.
    declared : DeclaredPrivate, optional
        What the object declares of its private attributes; only under Retain Safe Private.
    counts : Counter
        How often which action met which attribute: keys are (tag, action, reason).
    observer : callable, optional
        Receives every `Change`.
    """

    subject: Subject
    iod: str
    subject_id: str | None = None
    subject_name: str | None = None
    encodings: tuple[str, ...] = ("iso8859",)
    cleaner: TextCleaner = field(default_factory=lambda: cleaner_for((), ("iso8859",)))
    declared: DeclaredPrivate | None = None
    counts: Counter[tuple[int, Action, str]] = field(default_factory=Counter)
    observer: Callable[[Change], None] | None = None
