"""What the audit found. A finding never holds a value of the source: only ids, places, and plain words."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """The file must not leave the house: it goes to quarantine and the audit fails."""
    UNCHECKED = "unchecked"
    """Could not be checked: nothing is known to be wrong, so nothing is quarantined, but the audit is incomplete."""
    WARNING = "warning"
    """Not as the options promise, but no identifier is known to be left."""
    NOTICE = "notice"
    """A person may want to look."""


@dataclass(frozen=True)
class Finding:
    """One thing found.

    Attributes
    ----------
    check : str
        Id of the check, such as ``leak.value``.
    severity : Severity
    file : str
        Path of the output in the output folder; '' for the whole set. If the path itself holds an identifier it is
        replaced by an ordinal.
    place : str
        Tag path, or a place such as ``preamble``; no value.
    text : str
        What is wrong, in plain words without any value of the source.
    """

    check: str
    severity: Severity
    file: str
    place: str
    text: str

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON-ready values."""
        return {**asdict(self), "severity": self.severity.value}


class Findings:
    """Collects findings; keeps every failed file's name, but only the first of many equal findings in full.

    Parameters
    ----------
    keep : int
        How many findings of one check, place and text are kept with their file; the rest is counted.
    """

    def __init__(self, keep: int = 20) -> None:
        self.keep = keep
        self.items: list[Finding] = []
        self.counts: Counter[tuple[str, str, str, str]] = Counter()
        self.failed_files: set[str] = set()

    def add(self, finding: Finding) -> None:
        """Record one finding."""
        key = (finding.check, finding.severity.value, finding.place, finding.text)
        self.counts[key] += 1
        if finding.severity is Severity.ERROR and finding.file:
            self.failed_files.add(finding.file)
        if self.counts[key] <= self.keep:
            self.items.append(finding)

    def take_over(self, other: Findings) -> None:
        """Take up the findings of other files, as if they had been added one by one."""
        before = Counter(self.counts)
        for item in other.items:
            key = (item.check, item.severity.value, item.place, item.text)
            before[key] += 1
            if before[key] <= self.keep:
                self.items.append(item)
        self.counts.update(other.counts)
        self.failed_files |= other.failed_files

    def number(self, severity: Severity) -> int:
        """Return how many findings of a severity there were, the merely counted ones too."""
        return sum(count for (_, level, _, _), count in self.counts.items() if level == severity.value)

    def grouped(self) -> list[dict[str, Any]]:
        """Return counts by check, severity, place and text, worst and most frequent first."""
        order = [severity.value for severity in Severity]
        rows = sorted(self.counts.items(), key=lambda entry: (order.index(entry[0][1]), entry[0][0], -entry[1]))
        return [dict(zip(("check", "severity", "place", "text"), key, strict=True), count=count) for key, count in rows]
