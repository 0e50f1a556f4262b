"""Single elements through the reference engine, where bytes alone do not tell what to do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from io import BytesIO

from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_dataset
from pydicom.filewriter import write_data_element

from ...dicom.dicom_file import silence, strict_reading
from ...dicom.elements import PARSE_ERRORS
from ...dicom.errors import CannotDeidentify
from ...options import Options
from ...profile.actions import Action
from ...standard.iod_types import Path
from ..context import Context
from ..deidentification_method import add_deidentification_method
from ..engine import HeaderEngine
from .errors import NotStreamable


class ReferenceFallback:
    """Runs the reference engine on parts of a data set.

    Parameters
    ----------
    reference : HeaderEngine
    implicit : bool
        Whether the encoding is implicit VR.
    """

    def __init__(self, reference: HeaderEngine, implicit: bool) -> None:
        self._reference = reference
        self._implicit = implicit

    def element(
        self, tag: int, raw: bytes, creator: bytes, context: Context, path: Path
    ) -> tuple[bytes, Counter[tuple[int, Action, str]]]:
        """Return what the reference engine makes of one encoded element, and what it counted.

        Parameters
        ----------
        tag : int
        raw : bytes
            The whole element.
        creator : bytes
            The whole private creator element of its block, empty if there is none.
        context : Context
            Of the data set.
        path : tuple of int
            Tags of the enclosing sequences.

        Raises
        ------
        NotStreamable
            If the element is malformed.
        """
        part = replace(context, counts=Counter())
        try:
            with silence():
                with strict_reading():
                    dataset = self._read(creator + raw, context.encodings, not path)
                self._reference.deidentify_part(dataset, part, path)
                return self._write(dataset, tag, context.encodings), part.counts
        except (*PARSE_ERRORS, CannotDeidentify, InvalidDicomError, OSError):
            raise NotStreamable("a malformed element") from None

    def method_elements(self, raw: bytes, options: Options, encodings: tuple[str, ...]) -> dict[int, bytes]:
        """Return the encoded elements that say what was done, by tag.

        Parameters
        ----------
        raw : bytes
            Those of them that the de-identified data set has already.
        options : Options
            As chosen.
        encodings : tuple of str
            Python names of the character sets of the data set.
        """
        try:
            with silence():
                dataset = self._read(raw, encodings, True)
                add_deidentification_method(dataset, options)
                return {int(tag): self._write(dataset, int(tag), encodings) for tag in sorted(dataset.keys())}
        except PARSE_ERRORS:
            raise NotStreamable("malformed attributes of an earlier de-identification") from None

    def _read(self, raw: bytes, encodings: tuple[str, ...], top_level: bool) -> Dataset:
        return read_dataset(BytesIO(raw), self._implicit, True, parent_encoding=list(encodings), at_top_level=top_level)

    def _write(self, dataset: Dataset, tag: int, encodings: tuple[str, ...]) -> bytes:
        if tag not in dataset:
            return b""
        buffer = DicomBytesIO()
        buffer.is_little_endian, buffer.is_implicit_VR = True, self._implicit
        write_data_element(buffer, dataset.get_item(tag), list(encodings))
        return buffer.getvalue()
