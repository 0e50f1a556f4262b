"""What a de-identified file must say of itself (PS3.15 E.1.1, PS3.3 C.7.1.1, C.12.1)."""

from __future__ import annotations

from collections.abc import Iterator

from ..elements import Document, show
from ..tables import method_codes
from ..tags import (
    BURNED_IN_ANNOTATION,
    CODE_VALUE,
    DEIDENTIFICATION_METHOD,
    DEIDENTIFICATION_METHOD_CODE_SEQUENCE,
    LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED,
    PATIENT_IDENTITY_REMOVED,
    RECOGNIZABLE_VISUAL_FEATURES,
)
from .base import ERROR, WARNING, Check, Found, View

_IDENTITY_REMOVED, _METHOD, _METHOD_CODES = (
    PATIENT_IDENTITY_REMOVED,
    DEIDENTIFICATION_METHOD,
    DEIDENTIFICATION_METHOD_CODE_SEQUENCE,
)
_TEMPORAL, _BURNED_IN, _FEATURES = (
    LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED,
    BURNED_IN_ANNOTATION,
    RECOGNIZABLE_VISUAL_FEATURES,
)
_BASIC_PROFILE = "113100"
_PER_INSTANCE = {"113101", "113102"}


class Additions(Check):
    """The file says what was done, and only that."""

    id = "method"
    title = "The required statements are there, and the method codes name exactly what was done"

    def file(self, view: View) -> Iterator[Found]:
        """Look at the statements of one file."""
        expectation, out = view.expectation, view.output
        severity = ERROR if expectation.strict else WARNING
        removed = out.text(_IDENTITY_REMOVED)
        if not expectation.keep_id_name and not expectation.site_keeps and removed != "YES":
            yield Found(
                "method.identity", severity, show(_IDENTITY_REMOVED), "the file does not say that identity was removed"
            )
        if expectation.keep_id_name and removed == "YES" and view.source.text(_IDENTITY_REMOVED) != "YES":
            yield Found(
                "method.identity", severity, show(_IDENTITY_REMOVED), "identity was kept and the file says removed"
            )
        codes = method_codes_of(out)
        if not codes and not out.text(_METHOD):
            yield Found("method.missing", severity, show(_METHOD_CODES), "no method is given")
        if expectation.strict:
            yield from self._codes(view, codes)
            yield from self._temporal(view)
        yield from self._pixels(view, codes)

    def _codes(self, view: View, codes: set[str]) -> Iterator[Found]:
        wanted, before = view.expectation.codes(), method_codes_of(view.source)
        place = show(_METHOD_CODES)
        missing = wanted - codes - ({_BASIC_PROFILE} if view.expectation.site_keeps else set())
        if missing and not view.expectation.keep_id_name:
            yield Found("method.code-missing", ERROR, place, "a code of an option that was used is missing")
        claims = {code for code in codes if code.startswith("1131")}  # codes of other schemes claim none of CID 7050
        if claims - wanted - before - _PER_INSTANCE:
            yield Found("method.code-untrue", ERROR, place, "a code claims an option that was not used")

    def _temporal(self, view: View) -> Iterator[Found]:
        wanted = {"shift": "MODIFIED", "keep": "UNMODIFIED", "remove": "REMOVED"}.get(view.expectation.dates)
        stated, before = view.output.text(_TEMPORAL), view.source.text(_TEMPORAL)
        earlier = wanted == "UNMODIFIED" and stated == before and before in ("MODIFIED", "REMOVED")
        if stated != wanted and not earlier and not view.expectation.keep_id_name:
            yield Found("method.temporal", ERROR, show(_TEMPORAL), "the statement on dates is not what the options do")

    def _pixels(self, view: View, codes: set[str]) -> Iterator[Found]:
        before = method_codes_of(view.source)
        claims = (
            ("113101", _BURNED_IN, view.expectation.clean_pixel_data),
            ("113102", _FEATURES, view.expectation.deface),
        )
        for code, tag, asked in claims:
            if code in codes - before and not asked:
                yield Found(
                    "method.code-untrue", ERROR, show(_METHOD_CODES), "a pixel option is claimed that was not asked"
                )
            if code in codes - before and view.output.text(tag) != "NO":
                yield Found("method.pixel", ERROR, show(tag), "a pixel option is claimed, but its statement is not NO")


def method_codes_of(document: Document) -> set[str]:
    """Return the codes of CID 7050 in De-identification Method Code Sequence (0012,0064)."""
    codes = set()
    number = 0
    while ((path := ((_METHOD_CODES, number),)), CODE_VALUE) in document.index:
        codes.add(document.text(CODE_VALUE, path))
        number += 1
    return codes & method_codes().keys()
