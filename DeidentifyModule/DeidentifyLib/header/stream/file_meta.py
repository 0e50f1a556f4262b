"""The file meta information of an input file (PS3.10 7.1): which transfer syntax, and where the data set begins."""

from __future__ import annotations

from functools import lru_cache
from struct import Struct

from pydicom.uid import UID, ImplicitVRLittleEndian

from ...dicom.dicom_file import MEDIA_STORAGE_DIRECTORY
from ...dicom.tags import MEDIA_STORAGE_SOP_CLASS_UID, MEDIA_STORAGE_SOP_INSTANCE_UID, TRANSFER_SYNTAX_UID
from .errors import NotStreamable
from .walk import NeedMore, read_head

_START = 132
_GROUP_LENGTH = b"\x02\x00\x00\x00UL\x04\x00"
_AFTER_GROUP_LENGTH = _START + 12
_SOP_INSTANCE_HEAD = b"\x02\x00\x03\x00UI"
_DIRECTORY = MEDIA_STORAGE_DIRECTORY.encode("ascii")
_length = Struct("<H").unpack_from


class FileMetaReader:
    """Reads file meta information, and recognises what differs from the last file's in the instance only."""

    def __init__(self) -> None:
        self._before = self._after = b""
        self._syntax = ""

    def read(self, data: bytes) -> tuple[str, int]:
        """Return the transfer syntax and where the data set begins.

        Parameters
        ----------
        data : bytes
            Begin of a file.

        Raises
        ------
        NotStreamable
            If the file is not one that is streamed.
        """
        if data[128:132] != b"DICM":
            raise NotStreamable("no file meta information")
        syntax, position = self._as_last(data) or self._walk(data)
        if syntax == ImplicitVRLittleEndian:
            _check_vr(data[position + 4 : position + 6])
        return syntax, position

    def _as_last(self, data: bytes) -> tuple[str, int] | None:
        """Return the result if the elements around Media Storage SOP Instance UID are those of the last file."""
        before, after = self._before, self._after
        if not before or not data.startswith(_GROUP_LENGTH, _START) or not data.startswith(before, _AFTER_GROUP_LENGTH):
            return None
        head = _AFTER_GROUP_LENGTH + len(before)
        if head + 2 > len(data):
            return None
        rest = head + 2 + _length(data, head)[0]
        end = rest + len(after)
        if not data.startswith(after, rest) or end + 8 > len(data) or data.startswith(b"\2\0", end):
            return None
        return self._syntax, end

    def _walk(self, data: bytes) -> tuple[str, int]:
        position, syntax, instance = _START, "", slice(0, 0)
        try:
            while data[position : position + 2] == b"\2\0":
                tag, _, value, length = read_head(data, position, False)
                start, position = position, value + length
                if tag == MEDIA_STORAGE_SOP_CLASS_UID and data[value:position].rstrip(b"\0") == _DIRECTORY:
                    raise NotStreamable("a DICOMDIR")
                if tag == MEDIA_STORAGE_SOP_INSTANCE_UID:
                    instance = slice(start, position)
                if tag == TRANSFER_SYNTAX_UID:
                    syntax = data[value:position].rstrip(b"\0").decode("ascii", "replace")
        except NeedMore:
            raise NotStreamable("long file meta information") from None
        if position + 8 > len(data):
            raise NotStreamable("long file meta information")
        if not _is_streamable(syntax):
            raise NotStreamable("a transfer syntax that is not streamed")
        if data.startswith(_GROUP_LENGTH, _START) and data.startswith(_SOP_INSTANCE_HEAD, instance.start):
            self._before = data[_AFTER_GROUP_LENGTH : instance.start + len(_SOP_INSTANCE_HEAD)]
            self._after, self._syntax = data[instance.stop : position], syntax
        return syntax, position


@lru_cache(maxsize=256)
def _is_streamable(syntax: str) -> bool:
    uid = UID(syntax)
    return bool(uid.is_valid and uid.is_transfer_syntax and not uid.is_private) and (
        uid.is_little_endian and not uid.is_deflated
    )


def _check_vr(code: bytes) -> None:
    """Refuse what looks like an explicit VR in the first element of an implicit transfer syntax."""
    if code.isalpha() and code.isupper():
        raise NotStreamable("explicit VR in an implicit transfer syntax")
