"""What an action may look at beside the value it works on; both engines implement it."""

from __future__ import annotations

from typing import Literal, Protocol

from pydicom.charset import convert_encodings
from pydicom.dataset import Dataset

from ..dicom.elements import decoded, text_of


class Siblings(Protocol):
    """The other attributes of the data set or item that holds an element."""

    @property
    def encodings(self) -> tuple[str, ...]:
        """Python names of the character sets (PS3.5 6.1)."""

    @property
    def byte_order(self) -> Literal["little", "big"]:
        """Order of the bytes of binary numbers."""

    def text_of(self, tag: int) -> str:
        """Return the text of an attribute without padding, empty if it is absent or no text."""

    def decoded(self, value: bytes) -> str:
        """Return stored text in the character set; undecodable bytes become U+FFFD."""


class DatasetSiblings:
    """Siblings in a pydicom data set.

    Parameters
    ----------
    dataset : pydicom.dataset.Dataset
        As read.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    @property
    def encodings(self) -> tuple[str, ...]:
        """See `Siblings`."""
        return tuple(convert_encodings(self._dataset._character_set))

    @property
    def byte_order(self) -> Literal["little", "big"]:
        """See `Siblings`."""
        return "little" if self._dataset.original_encoding[1] is not False else "big"

    def text_of(self, tag: int) -> str:
        """See `Siblings`."""
        return text_of(self._dataset, tag)

    def decoded(self, value: bytes) -> str:
        """See `Siblings`."""
        return decoded(value, self._dataset)
