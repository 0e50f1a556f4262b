"""The one set of options that the panel, the console, the command line and a cluster run share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from .site_rules import SiteRuleError, SiteRules


class Dates(StrEnum):
    """What happens to dates and times (PS3.15 E.3.6)."""

    SHIFT = "shift"
    """Retain Longitudinal Temporal Information with Modified Dates: one whole-day shift per subject."""
    KEEP = "keep"
    """Retain Longitudinal Temporal Information with Full Dates."""
    REMOVE = "remove"
    """Neither option: dates are removed, emptied or replaced by dummies as the Basic Profile says."""


class OptionsError(ValueError):
    """The options contradict each other, or a file of options is not valid."""


DEFAULT_NAME_PATTERN = "{subject}/{study}/{series}/{instance}.dcm"
NO_SITE_RULES = SiteRules()


@dataclass(frozen=True)
class Options:
    """Choices of one de-identification; with no argument, the Basic Profile with shifted dates.

    Attributes
    ----------
    keep_id_name : bool
        Keep PatientName and PatientID, because they were replaced earlier. This is outside PS3.15.
    dates : Dates
        Shift (default), keep or remove dates and times (PS3.15 E.3.6).
    keep_subject_characteristics : bool
        Retain Patient Characteristics Option (PS3.15 E.3.7). SUV needs it.
    keep_safe_private : bool
        Retain Safe Private Option (PS3.15 E.3.10).
    deface : bool
        Clean Recognizable Visual Features Option (PS3.15 E.3.2).
    mapping_file : bool
        Write ``deident.map`` and the CSV files of old and new identifiers to the private side folder.
    retain_uids, retain_device_identity, retain_institution_identity : bool
        PS3.15 E.3.9, E.3.8 and E.3.11.
    clean_descriptors, clean_structured_content, clean_graphics, clean_pixel_data : bool
        PS3.15 E.3.5, E.3.4, E.3.3 and E.3.1.
    name_pattern : str
        Path of an output file in the output folder; may use ``{subject}``, ``{study}``, ``{series}``,
        ``{instance}``, ``{modality}`` and ``{number}``.
    site_rules : SiteRules
        A site's own rules for single attributes.
    """

    keep_id_name: bool = False
    dates: Dates = Dates.SHIFT
    keep_subject_characteristics: bool = False
    keep_safe_private: bool = False
    deface: bool = False
    mapping_file: bool = False
    retain_uids: bool = False
    retain_device_identity: bool = False
    retain_institution_identity: bool = False
    clean_descriptors: bool = False
    clean_structured_content: bool = False
    clean_graphics: bool = False
    clean_pixel_data: bool = False
    name_pattern: str = DEFAULT_NAME_PATTERN
    site_rules: SiteRules = NO_SITE_RULES

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "dates", Dates(self.dates))
        except ValueError:
            raise OptionsError(f"dates must be one of {', '.join(d.value for d in Dates)}") from None
        for field in fields(self):
            if field.type == "bool" and not isinstance(getattr(self, field.name), bool):
                raise OptionsError(f"{field.name} must be true or false")
        if not isinstance(self.site_rules, SiteRules):
            raise OptionsError("site_rules must be SiteRules")
        if not isinstance(self.name_pattern, str):
            raise OptionsError("name_pattern must be text")

    def with_changes(self, **changes: Any) -> Options:
        """Return a copy with some options changed.

        Raises
        ------
        OptionsError
            If a name is no option or a value does not fit.
        """
        _refuse_unknown(changes)
        return replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return the options as JSON-ready values."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**plain, "dates": self.dates.value, "site_rules": self.site_rules.to_dict()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Options:
        """Return options from JSON-ready values; what is absent has its default.

        Raises
        ------
        OptionsError
            If a name is no option or a value does not fit.
        """
        _refuse_unknown(values)
        values = dict(values)
        try:
            values["site_rules"] = SiteRules.from_dict(values.get("site_rules") or {})
        except SiteRuleError as error:
            raise OptionsError(str(error)) from None
        return cls(**values)

    def to_json(self) -> str:
        """Return the options as a JSON object."""
        return json.dumps(self.to_dict(), indent=2)

    @classmethod
    def from_file(cls, path: Path) -> Options:
        """Read options from a JSON file.

        Raises
        ------
        OptionsError
            If the file cannot be read or is not a JSON object of options.
        """
        try:
            values = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise OptionsError(f"the options file cannot be read as JSON: {type(error).__name__}") from error
        if not isinstance(values, dict):
            raise OptionsError("the options file must hold one JSON object")
        return cls.from_dict(values)


def _refuse_unknown(values: Mapping[str, Any]) -> None:
    unknown = sorted(set(values) - {field.name for field in fields(Options)})
    if unknown:
        known = ", ".join(field.name for field in fields(Options))
        raise OptionsError(f"unknown option {', '.join(unknown)}; known are {known}")
