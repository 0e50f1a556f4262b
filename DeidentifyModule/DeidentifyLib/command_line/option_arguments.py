"""The arguments that choose the options, shared by the sub commands."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..options import Dates, Options, OptionsError
from ..site_rules import SiteRuleError, SiteRules

_FLAGS = {
    "keep_id_name": "keep PatientName and PatientID, which were replaced earlier (outside PS3.15)",
    "keep_subject_characteristics": "keep sex, age, size, weight ...: SUV needs them (PS3.15 E.3.7)",
    "keep_safe_private": "keep private attributes that PS3.15 or the object declares safe (E.3.10)",
    "deface": "remove facial features from head images (E.3.2)",
    "mapping_file": "write deident.map and lists of old and new IDs to the private folder",
    "retain_uids": "keep instance UIDs (E.3.9)",
    "retain_device_identity": "keep serial numbers, station names ... (E.3.8)",
    "retain_institution_identity": "keep institution names and addresses (E.3.11)",
    "clean_descriptors": "keep descriptions as far as their words are technical (E.3.5)",
    "clean_structured_content": "keep and clean structured reports and acquisition context (E.3.4)",
    "clean_graphics": "keep and clean overlays and annotations (E.3.3)",
    "clean_pixel_data": "remove burned-in text (E.3.1)",
}


def add_option_arguments(parser: argparse.ArgumentParser) -> None:
    """Add one argument per option of `Options`."""
    group = parser.add_argument_group("options of PS3.15 Annex E")
    group.add_argument("--options", type=Path, metavar="FILE.json", help="options as JSON; arguments go before it")
    dates = [one.value for one in Dates]
    group.add_argument("--dates", choices=dates, help="shift (default), keep or remove dates (E.3.6)")
    for name, text in _FLAGS.items():
        group.add_argument("--" + name.replace("_", "-"), action="store_true", default=None, help=text)
    group.add_argument(
        "--site-rules",
        type=Path,
        metavar="FILE",
        help="a site's own rules (JSON), or list of safe private attributes (CSV)",
    )
    group.add_argument(
        "--name-pattern",
        metavar="PATTERN",
        help="path of an output file, made of {subject}, {study}, {series}, {instance}, {modality}, {number}",
    )


def options_from(arguments: argparse.Namespace) -> Options:
    """Return the chosen options.

    Raises
    ------
    OptionsError
        If the file of options cannot be read or a value does not fit.
    """
    base = Options.from_file(arguments.options) if arguments.options else Options()
    names = [*_FLAGS, "dates", "name_pattern"]
    changes = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
    if getattr(arguments, "site_rules", None):
        try:
            changes["site_rules"] = SiteRules.from_file(arguments.site_rules)
        except SiteRuleError as error:
            raise OptionsError(str(error)) from None
    return base.with_changes(**changes)
