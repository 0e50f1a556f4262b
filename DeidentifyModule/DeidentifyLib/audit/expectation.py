"""What the options promise of an output, in the audit's own words (PS3.15 Annex E, Table E.1-1a)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .tables import Row, row_of
from .tags import PATIENT_ID, PATIENT_NAME

KEEP, CLEAN = "K", "C"


@dataclass(frozen=True)
class Expectation:
    """Which options an output is held to.

    Attributes
    ----------
    keep_id_name, keep_safe_private, deface, clean_pixel_data : bool
    dates : {'shift', 'keep', 'remove'}
    letters : frozenset of str
        Option columns of Table E.1-1 that apply: U, D, I, P, F, M, T (descriptors), S (structured content), G.
    strict : bool
        Hold the output to all that this project promises (codes, additions, nothing lost); False for the output of
        another tool whose options are not known, where only leaks and broken data count.
    site_tags : frozenset of int
        Attributes that a site's own rules decide; leaks are searched in them all the same.
    site_private : frozenset of (str, int, int)
        Private attributes (creator, group, low byte) that the site calls safe.
    site_keeps : bool
        Whether a site rule keeps or cleans an attribute: then the profile need not be claimed.
    """

    keep_id_name: bool = False
    keep_safe_private: bool = False
    deface: bool = False
    clean_pixel_data: bool = False
    dates: str = "remove"
    letters: frozenset[str] = field(default_factory=frozenset)
    strict: bool = True
    site_tags: frozenset[int] = frozenset()
    site_private: frozenset[tuple[str, int, int]] = frozenset()
    site_keeps: bool = False

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Expectation:
        """Return what a run with these options (`Options.to_dict`) promises."""
        names = {
            "retain_uids": "U",
            "retain_device_identity": "D",
            "retain_institution_identity": "I",
            "keep_subject_characteristics": "P",
            "clean_descriptors": "T",
            "clean_structured_content": "S",
            "clean_graphics": "G",
        }
        letters = {letter for name, letter in names.items() if options.get(name)}
        dates = str(options.get("dates", "shift"))
        letters |= {"F"} if dates == "keep" else {"M"} if dates == "shift" else set()
        flags = ("keep_id_name", "keep_safe_private", "deface", "clean_pixel_data")
        site = options.get("site_rules") or {}
        rules, private = site.get("rules") or (), site.get("private") or ()
        return cls(
            **{flag: bool(options.get(flag)) for flag in flags},
            dates=dates,
            letters=frozenset(letters),
            site_tags=frozenset(int(rule["tag"], 16) for rule in rules),
            site_private=frozenset((one["creator"], int(one["group"], 16), int(one["element"], 16)) for one in private),
            site_keeps=any(rule["action"] in ("keep", "clean") for rule in rules),
        )

    @classmethod
    def from_codes(cls, codes: Iterable[str]) -> Expectation:
        """Return what the De-identification Method Codes in an output of another tool claim (CID 7050)."""
        by_code = {
            "113103": "G",
            "113104": "S",
            "113105": "T",
            "113106": "F",
            "113107": "M",
            "113108": "P",
            "113109": "D",
            "113110": "U",
            "113112": "I",
        }
        codes = set(codes)
        letters = frozenset(letter for code, letter in by_code.items() if code in codes)
        dates = "keep" if "F" in letters else "shift" if "M" in letters else "any"
        return cls(
            keep_safe_private="113111" in codes,
            deface="113102" in codes,
            clean_pixel_data="113101" in codes,
            dates=dates,
            letters=letters,
            strict=False,
        )

    def codes(self) -> set[str]:
        """Return the codes of CID 7050 that an output must carry; pixel options are claimed per instance."""
        by_letter = {
            "U": "113110",
            "D": "113109",
            "I": "113112",
            "P": "113108",
            "F": "113106",
            "M": "113107",
            "T": "113105",
            "S": "113104",
            "G": "113103",
        }
        found = {by_letter[letter] for letter in self.letters}
        if not self.keep_id_name:
            found.add("113100")
        if self.keep_safe_private:
            found.add("113111")
        return found

    def retains_where(self, row: Row | None) -> bool:
        """Return whether an option keeps the device or the institution that an attribute tells, cleaned of persons."""
        return row is not None and bool({"D", "I"} & self.letters & row.options.keys())

    def action(self, tag: int) -> tuple[str, Row | None]:
        """Return the action on a standard attribute and its row.

        K or C of an option in force goes before the Basic Profile; '-' means that Table E.1-1 does not list it.
        """
        row = row_of(tag)
        if self.keep_id_name and tag in (PATIENT_NAME, PATIENT_ID):
            return KEEP, row
        if row is None:
            return "-", None
        choices = {row.options[letter] for letter in self.letters if letter in row.options}
        if KEEP in choices:
            return KEEP, row
        if CLEAN in choices:
            return CLEAN, row
        return row.basic, row
