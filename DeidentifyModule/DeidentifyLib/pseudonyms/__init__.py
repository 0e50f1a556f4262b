"""Replacements that are functions of (project key, original): IDs, names, UIDs and date shifts."""

from .key import Key, KeyFileError
from .pseudonymizer import Pseudonyms, Subject
from .subject_identity import SubjectIdentity

__all__ = ["Key", "KeyFileError", "Pseudonyms", "Subject", "SubjectIdentity"]
