"""The places around the data set: preamble, file meta information, bytes after the end, headers of frames."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import tags
from ..elements import show, show_path
from .base import ERROR, NOTICE, WARNING, Check, Found, View

_APPLICATION = {
    tags.SOURCE_APPLICATION_ENTITY_TITLE: "source application entity title",
    tags.SENDING_APPLICATION_ENTITY_TITLE: "sending application entity title",
    tags.RECEIVING_APPLICATION_ENTITY_TITLE: "receiving application entity title",
    tags.SOURCE_PRESENTATION_ADDRESS: "source presentation address",
    tags.SENDING_PRESENTATION_ADDRESS: "sending presentation address",
    tags.RECEIVING_PRESENTATION_ADDRESS: "receiving presentation address",
    tags.PRIVATE_INFORMATION_CREATOR_UID: "private information creator",
    tags.PRIVATE_INFORMATION: "private information",
}
_ENCODER_WORDS = re.compile(
    rb"jpeg|codec|^LJIF|kakadu|openjpeg|lead|dcm|gdcm|pegasus|accusoft|version|compress|quality|copyright|lossless|imagemagick|^SPIFF|photoshop|^Exif$|^http://ns.adobe",
    re.I,
)
_COMMENT_MARKERS = {0xFE, *range(0xE1, 0xEE), 0xEF}
"""JPEG COM and APP1-APP13, APP15; APP0 of JFIF and APP14 (Adobe) tell only of the coding."""


class Preamble(Check):
    """PS3.15 E.1.1: the preamble belongs to the application that de-identifies."""

    id = "leak.preamble"
    title = "The 128 bytes before the file meta information hold nothing of the source"

    def file(self, view: View) -> Iterator[Found]:
        """Ask for zeros, or at least for other bytes than the source's."""
        if not view.output.has_preamble or not any(view.output.data[:128]):
            return
        same = view.source.has_preamble and view.source.data[:128] == view.output.data[:128]
        yield Found(self.id, ERROR if same else WARNING, "preamble", "the preamble is not empty")


class FileMeta(Check):
    """PS3.15 E.1.1, PS3.10 7.1: file meta information is the de-identifying application's own."""

    id = "meta"
    title = "The file meta information is new and agrees with the data set"

    def file(self, view: View) -> Iterator[Found]:
        """Compare with the data set, and with the source's."""
        out = view.output
        if not out.meta:
            yield Found("meta.missing", ERROR, "file meta", "the file has no file meta information")
            return
        for tag, partner, name in (
            (tags.MEDIA_STORAGE_SOP_INSTANCE_UID, tags.SOP_INSTANCE_UID, "instance UID"),
            (tags.MEDIA_STORAGE_SOP_CLASS_UID, tags.SOP_CLASS_UID, "SOP class"),
        ):
            value = out.text(partner)
            if value and out.meta_text(tag) != value:
                yield Found(
                    "meta.disagrees", ERROR, f"file meta {show(tag)}", f"the {name} differs from the data set's"
                )
        for tag, name in _APPLICATION.items():
            stated = out.meta_text(tag)
            if not stated:
                continue
            same = stated == view.source.meta_text(tag)
            severity = ERROR if same else WARNING if view.expectation.strict else NOTICE
            yield Found("meta.application", severity, f"file meta {show(tag)}", f"a {name} is left" if same else name)
        version = out.meta_text(tags.IMPLEMENTATION_VERSION_NAME)
        if version and version == view.source.meta_text(tags.IMPLEMENTATION_VERSION_NAME):
            yield Found("meta.implementation", NOTICE, "file meta (0002,0013)", "the implementation is the source's")
        group = {tag for _, tag, *_ in out.meta}
        if (
            view.expectation.strict
            and not {
                tags.FILE_META_INFORMATION_GROUP_LENGTH,
                tags.MEDIA_STORAGE_SOP_CLASS_UID,
                tags.MEDIA_STORAGE_SOP_INSTANCE_UID,
                tags.TRANSFER_SYNTAX_UID,
                tags.IMPLEMENTATION_CLASS_UID,
            }
            <= group
        ):
            yield Found("meta.missing", WARNING, "file meta", "a required element is missing")


class Remains(Check):
    """What a reader of elements does not see."""

    id = "leak.rest"
    title = "Nothing is hidden after the data set, in padding elements, group 0004, or the headers of frames"

    def file(self, view: View) -> Iterator[Found]:
        """Look at the rest of the bytes."""
        out = view.output
        for problem in out.problems:
            yield Found(self.id, ERROR, "end of file", problem)
        directory = out.meta_text(tags.MEDIA_STORAGE_SOP_CLASS_UID) == "1.2.840.10008.1.3.10"
        for path, tag, _, _, length in out.elements:
            group = tag >> 16
            if group == 0x0004 and not directory:
                yield Found("leak.group4", ERROR, show(tag), "a directory element outside a DICOMDIR")
            elif tag == tags.ENCRYPTED_CONTENT and length:
                severity = ERROR if view.expectation.strict else WARNING
                yield Found(self.id, severity, show_path(path, tag), "encrypted attributes of the original are kept")
            elif tag in (tags.DATA_SET_TRAILING_PADDING, tags.DIGITAL_SIGNATURES_SEQUENCE) and length:
                yield Found(self.id, ERROR, show(tag), "padding or signatures are left")
            elif tag == tags.LENGTH_TO_END or group in (0x0000,):
                yield Found(self.id, WARNING, show(tag), "an element that no file should hold")
        yield from self._frames(view)

    def _frames(self, view: View) -> Iterator[Found]:
        out = view.output
        for start, length in out.fragments:
            head = out.body[start : start + min(length, 65536)]
            comments = list(frame_comments(head))
            for text in comments:
                if not _ENCODER_WORDS.search(text):
                    yield Found("leak.frame", WARNING, show(tags.PIXEL_DATA), "a comment inside a compressed frame")


def frame_comments(frame: bytes) -> Iterator[bytes]:
    """Yield the printable comments of a JPEG, JPEG-LS or JPEG 2000 header (ITU-T T.81 B.2.4, T.800 A.9.2)."""
    for start, end in _comment_places(frame):
        yield from (text for text in re.findall(rb"[ -~]{4,}", frame[start:end]) if text.strip())


def without_comments(frame: bytes) -> bytes:
    """Return a frame without the segments that hold comments, so that only the coded image is left."""
    parts, position = [], 0
    for start, end in _comment_places(frame):
        parts.append(frame[position : start - 4])
        position = end
    return b"".join((*parts, frame[position:])).rstrip(b"\0")


def _comment_places(frame: bytes) -> Iterator[tuple[int, int]]:
    if frame[:2] == b"\xff\x4f":
        wanted, stop = {0x64}, {0x90}
    elif frame[:2] == b"\xff\xd8":
        wanted, stop = _COMMENT_MARKERS, {0xDA}
    else:
        return
    position = 2
    while position + 4 <= len(frame) and frame[position] == 0xFF:
        marker = frame[position + 1]
        length = int.from_bytes(frame[position + 2 : position + 4], "big")
        if marker in stop or length < 2:
            return
        strange = marker == 0xE0 and frame[position + 4 : position + 8] not in (b"JFIF", b"JFXX")
        if marker in wanted or strange:
            yield position + 4, position + 2 + length
        position += 2 + length
