"""Which rule took something from a text: for the preview, the report and the records of a run."""

from __future__ import annotations

from enum import StrEnum


class TextRule(StrEnum):
    """Why a part of a text went."""

    NAME = "a person's name"
    IDENTIFIER = "an identifier of the data set"
    PLACE = "a place or an institution of the data set"
    DATE = "a date or time"
    AGE = "an age"
    CONTACT = "a phone number or address"
    TITLE = "a person with a title"
    RECORD = "a record number"
    SPELLED = "a word in single letters"
    UNKNOWN = "an unknown word"
    ALSO_A_NAME = "a word that is also a name"
    NUMBER = "a number that may be anything"
    MEANING = "would say something else without its neighbours"
    EMPTY = "nothing technical is left"
    CODE = "no code of its scheme"
