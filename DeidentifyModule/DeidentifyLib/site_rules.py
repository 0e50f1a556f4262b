"""A site's own rules: single attributes to keep, clean, empty, remove or set, and private attributes it reviewed.

The file is JSON::

    {"rules": [{"tag": "00081030", "action": "clean", "why": "protocol names are ours"},
               {"tag": "00120040", "action": "set", "value": "TRIAL-7"}],
     "private": [{"creator": "GEMS_PETD_01", "group": "0009", "element": "38", "vr": "FD"}]}

Actions: ``keep``, ``clean`` (technical words stay), ``empty``, ``remove``, ``set`` (`value` replaces every value of the
attribute and is added at the top level where it is absent). Rules apply at any depth. ``keep`` and ``clean`` weaken the
profile where it would remove or replace: then the result is not called the Basic Profile.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ACTIONS = ("keep", "clean", "empty", "remove", "set")
_TAG = re.compile(r"[0-9A-Fa-f]{8}")
_SIGNATURE = re.compile(r"\(?([0-9A-Fa-f]{4}),\s*[\"\[]?([^\"\],]+)[\"\]]?,\s*(?:xx)?([0-9A-Fa-f]{2})\)?")
_PROTECTED = frozenset(("00100010", "00100020", "00120062", "00120063", "00120064", "00080016", "00080018", "7FE00010"))


class SiteRuleError(ValueError):
    """A site rule is not valid."""


@dataclass(frozen=True)
class SiteRule:
    """One attribute.

    Attributes
    ----------
    tag : str
        ``GGGGEEEE`` of a standard attribute.
    action : str
        One of `ACTIONS`.
    value : str
        For ``set``: ASCII text.
    why : str
        Reason for the report.
    """

    tag: str
    action: str
    value: str = ""
    why: str = ""

    def __post_init__(self) -> None:
        if not _TAG.fullmatch(self.tag) or int(self.tag[:4], 16) & 1 or int(self.tag[:4], 16) < 8:
            raise SiteRuleError(f"site rule: {self.tag!r} is not GGGGEEEE of a standard attribute")
        object.__setattr__(self, "tag", self.tag.upper())
        if self.tag in _PROTECTED:
            raise SiteRuleError(f"site rule: {self.tag} is decided by the options, not by a rule")
        if self.action not in ACTIONS:
            raise SiteRuleError(f"site rule for {self.tag}: the action must be one of {', '.join(ACTIONS)}")
        if self.action == "set" and not (self.value and self.value.isascii() and self.value.isprintable()):
            raise SiteRuleError(f"site rule for {self.tag}: set needs a value of printable ASCII characters")

    @property
    def number(self) -> int:
        """Tag number."""
        return int(self.tag, 16)


@dataclass(frozen=True)
class SitePrivate:
    """One private attribute that the site reviewed as safe.

    Attributes
    ----------
    creator : str
    group, element : str
        Group (4 hexadecimal digits, odd) and low byte of the element (2 digits).
    vr : str
        Expected VR; empty if any.
    """

    creator: str
    group: str
    element: str
    vr: str = ""

    def __post_init__(self) -> None:
        valid = re.fullmatch("[0-9A-Fa-f]{4}", self.group) and re.fullmatch("[0-9A-Fa-f]{2}", self.element)
        if not self.creator.strip() or not valid or not int(self.group, 16) & 1:
            raise SiteRuleError(
                "site rule: a private attribute needs a creator, an odd group and a low byte, in hexadecimal"
            )

    @property
    def name(self) -> tuple[str, int, int]:
        """Key of the attribute: private creator, group, low byte."""
        return self.creator.strip(), int(self.group, 16), int(self.element, 16)


@dataclass(frozen=True)
class SiteRules:
    """All rules of a site; the default has none."""

    rules: tuple[SiteRule, ...] = ()
    private: tuple[SitePrivate, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rules or self.private)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return {"rules": [asdict(rule) for rule in self.rules], "private": [asdict(one) for one in self.private]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SiteRules:
        """Return rules from JSON-ready values.

        Raises
        ------
        SiteRuleError
            If a rule is not valid, or two rules are about one attribute.
        """
        if not isinstance(values, Mapping) or set(values) - {"rules", "private"}:
            raise SiteRuleError('site rules must be a JSON object with "rules" and "private"')
        try:
            rules = tuple(SiteRule(**rule) for rule in values.get("rules") or ())
            private = tuple(SitePrivate(**one) for one in values.get("private") or ())
        except TypeError:
            raise SiteRuleError("site rules: a rule has unknown or missing keys") from None
        if len({rule.tag for rule in rules}) != len(rules):
            raise SiteRuleError("site rules: two rules are about the same attribute")
        return cls(rules, private)

    @classmethod
    def from_file(cls, path: Path) -> SiteRules:
        """Read rules from JSON, or private attributes from a CSV list.

        A CSV list is one in which a column holds element signatures such as ``(0009,"GEMS_PETD_01",38)``, as TCIA
        publishes them; if a column's name ends in ``disposition``, only rows that say ``k`` (keep) count.

        Raises
        ------
        SiteRuleError
            If the file cannot be read or a rule is not valid.
        """
        try:
            if path.suffix.lower() == ".csv":
                with open(path, encoding="utf-8-sig", newline="") as file:
                    return cls(private=tuple(dict.fromkeys(_from_list(csv.DictReader(file)))))
            return cls.from_dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, json.JSONDecodeError, csv.Error) as error:
            raise SiteRuleError(f"the site rules cannot be read: {type(error).__name__}") from error


def _from_list(rows: csv.DictReader[str]) -> Iterator[SitePrivate]:
    for row in rows:
        texts = {str(name): str(value or "") for name, value in row.items()}
        disposition = next((text for name, text in texts.items() if name.lower().endswith("disposition")), "k")
        match = next((m for m in map(_SIGNATURE.fullmatch, (text.strip() for text in texts.values())) if m), None)
        if match and disposition.strip().lower() == "k" and int(match[1], 16) & 1:
            yield SitePrivate(match[2].strip(), match[1], match[3], texts.get("vr", "").strip())
