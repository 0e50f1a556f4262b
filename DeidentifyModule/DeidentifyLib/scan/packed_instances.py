"""The instances of a series, packed: a million of them take some tens of MiB."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from ..files.input_files import Source

_SEPARATOR = "\0"
_NO_MEMBER = "\1"
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Instance:
    """One DICOM instance of the input."""

    source: Source
    sop_instance_uid: str
    number: str


class PackedInstances(Sequence[Instance]):
    """Instances in the order in which they were appended.

    Folders are kept once, UIDs without what they share with the first one.
    """

    def __init__(self) -> None:
        self._data = bytearray()
        self._ends = array("Q")
        self._folders: list[str] = []
        self._folder_numbers = array("L")
        self._uid = self._root = ""

    def append(self, instance: Instance) -> None:
        """Add an instance at the end."""
        folder, name = os.path.split(instance.source.path)
        if not self._folders or self._folders[-1] != folder:
            self._folders.append(folder)
        if not self._ends:
            self._uid = instance.sop_instance_uid.replace(_SEPARATOR, _REPLACEMENT)
            self._root = self._uid[: self._uid.rfind(".") + 1]
        if instance.sop_instance_uid.startswith(self._root):
            shared = len(self._root)
        else:
            shared = len(os.path.commonprefix((self._uid, instance.sop_instance_uid)))  # noqa: RUF071 - of characters
        uid = instance.sop_instance_uid[shared:].replace(_SEPARATOR, _REPLACEMENT)
        number = instance.number.replace(_SEPARATOR, _REPLACEMENT)
        member = _NO_MEMBER if instance.source.member is None else instance.source.member
        fields = (name, member, chr(shared + 1) + uid, number)
        self._data += _SEPARATOR.join(fields).encode("utf-8", "surrogatepass")
        self._ends.append(len(self._data))
        self._folder_numbers.append(len(self._folders) - 1)

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, index: int) -> Instance: ...

    @overload
    def __getitem__(self, index: slice) -> list[Instance]: ...

    def __getitem__(self, index: int | slice) -> Instance | list[Instance]:
        if isinstance(index, slice):
            return [self._unpack(number) for number in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError("no such instance")
        return self._unpack(index % len(self))

    def __iter__(self) -> Iterator[Instance]:
        return (self._unpack(number) for number in range(len(self)))

    def _unpack(self, index: int) -> Instance:
        start = self._ends[index - 1] if index else 0
        text = self._data[start : self._ends[index]].decode("utf-8", "surrogatepass")
        name, member, uid, number = text.split(_SEPARATOR)
        source = Source(
            os.path.join(self._folders[self._folder_numbers[index]], name), None if member == _NO_MEMBER else member
        )
        return Instance(source, self._uid[: ord(uid[0]) - 1] + uid[1:], number)
