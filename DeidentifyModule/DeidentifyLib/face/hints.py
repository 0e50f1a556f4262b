"""What a header says about the part of the body; a hint may make a verdict more careful, never more daring alone."""

from __future__ import annotations

import re

from .series import SeriesHeaders

HEAD_WORDS = re.compile(
    r"head|brain|skull|cran|face|facial|neck|orbit|sinus|jaw|mandib|maxill|nose|nasal|\bear\b|\biac\b|tmj|dental|teeth|"
    r"neuro|cereb|hirn|kopf|tete|schaedel|schädel|whole.?body|wholebody|vertex|pituit|carotid",
    re.IGNORECASE,
)
OTHER_PARTS = re.compile(
    r"^(chest|thorax|lung|heart|breast|abdomen|liver|kidney|pelvis|prostate|uterus|hip|thigh|knee|leg|calf|ankle|foot|"
    r"shoulder|humerus|elbow|forearm|wrist|hand|finger|toe|lspine|tspine|lumbar|sacrum|extremity|phantom)",
    re.IGNORECASE,
)


def says_head(series: SeriesHeaders) -> bool:
    """Return whether body part or descriptions speak of the head, the neck or the whole body."""
    header = series.first
    names = ("BodyPartExamined", "SeriesDescription", "StudyDescription", "ProtocolName")
    return any(HEAD_WORDS.search(str(header.get(name) or "")) for name in names)


def says_elsewhere(series: SeriesHeaders) -> bool:
    """Return whether the body part is given, is no part of the head, and nothing else speaks of the head."""
    part = str(series.first.get("BodyPartExamined") or "").strip()
    return bool(OTHER_PARTS.match(part)) and not says_head(series)
