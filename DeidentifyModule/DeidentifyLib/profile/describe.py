"""What the chosen options do, in plain words: the same text in panel, command line and report."""

from __future__ import annotations

from ..options import Dates, Options

_BASICS = (
    "PatientName and PatientID are replaced by a keyed pseudonym, the same in every study of a subject.",
    "PatientBirthDate is emptied and PatientBirthTime removed.",
    "Attributes that Table E.1-1 of PS3.15 2026d lists are removed, emptied or replaced at any depth.",
    "Text, persons, dates and identifiers that the table does not list are removed or replaced by dummies "
    "unless a reviewed list says that they are safe.",
    "The preamble is zeroed and the file meta information is rewritten.",
    "Pixels stay as they are, except where an option below changes them; comments inside compressed frames and bytes "
    "behind the last pixel are blanked.",
)


def describe_actions(options: Options) -> list[str]:
    """Return what the options keep, replace, clean and remove, one sentence each."""
    lines = list(_BASICS)
    if options.keep_id_name:
        lines[0] = "PatientName and PatientID are kept as they are: only for data in which they were replaced earlier."
    lines.append(_dates_sentence(options.dates))
    lines += [
        "Sex, age, size, weight and other patient characteristics are kept (113108)."
        if options.keep_subject_characteristics
        else "Sex, age, size, weight and other patient characteristics are removed or emptied.",
        "Private attributes that PS3.15 or the object itself declares safe are kept; all others are removed (113111)."
        if options.keep_safe_private
        else "All private attributes are removed.",
        "Instance UIDs are kept (113110)."
        if options.retain_uids
        else "Instance UIDs are replaced by keyed UIDs; references keep resolving.",
        "Device identity is kept (113109)."
        if options.retain_device_identity
        else "Device identity (serial numbers, station names, device UIDs) is removed or replaced.",
        "Institution identity is kept (113112)."
        if options.retain_institution_identity
        else "Institution names and addresses are removed or replaced.",
        "Descriptors are kept as far as their words are technical vocabulary (113105)."
        if options.clean_descriptors
        else "Descriptions and comments are removed.",
        "Structured content is kept and cleaned item by item (113104)."
        if options.clean_structured_content
        else "Structured content (SR content, acquisition context, specimen preparation) is removed or replaced by a "
        "dummy.",
        "Graphics, overlays and annotations are kept as far as they hold no text (113103)."
        if options.clean_graphics
        else "Graphics, overlays and annotations are removed or replaced by a dummy.",
    ]
    if options.clean_pixel_data:
        lines.append("Burned-in text is removed from pixel data (113101).")
    if options.deface:
        lines.append("Faces are removed from head images; a series where that is uncertain is withheld (113102).")
    for rule in options.site_rules.rules:
        value = f" {rule.value}" if rule.action == "set" else ""
        lines.append(f"Site rule: ({rule.tag[:4]},{rule.tag[4:]}) {rule.action}{value}.")
    if options.site_rules.private:
        number = len(options.site_rules.private)
        lines.append(f"Site rule: {number} private attributes reviewed by the site are kept as safe.")
    if options.mapping_file:
        lines.append(
            "The mapping file deident.map lists original and new names and IDs; it stays in the private folder."
        )
    return lines


def _dates_sentence(dates: Dates) -> str:
    if dates is Dates.SHIFT:
        return "All dates of a subject are shifted by the same number of days, times of day are kept (113107)."
    if dates is Dates.KEEP:
        return "Dates and times are kept, the birth date is not (113106)."
    return "Dates and times are removed, emptied or replaced by dummies."


def consequences(options: Options) -> list[str]:
    """Return what the choice means for the use of the data, one sentence each."""
    suv = options.dates is not Dates.REMOVE and options.keep_subject_characteristics
    missing = []
    if options.dates is Dates.REMOVE:
        missing.append("shifted or kept dates")
    if not options.keep_subject_characteristics:
        missing.append("subject characteristics")
    lines = [
        "SUV can be computed." if suv else f"SUV cannot be computed: it needs {' and '.join(missing)}.",
        "Intervals between the scans of a subject are lost."
        if options.dates is Dates.REMOVE
        else "Intervals between the scans of a subject stay exact.",
    ]
    if options.keep_id_name:
        lines.append(
            "The result is not the Basic Profile of PS3.15: names and IDs are kept. It is not marked as de-identified."
        )
    elif any(rule.action in ("keep", "clean") for rule in options.site_rules.rules):
        lines.append(
            "Site rules keep or clean attributes: where the profile would remove them, they weaken it, and the result "
            "is not marked as the Basic Profile of PS3.15."
        )
    else:
        lines.append("The result follows the Basic Profile of PS3.15 with the chosen options.")
    if not options.clean_pixel_data:
        lines.append(
            "Text that is burned into the pixels stays: look at ultrasound, secondary captures and screen saves."
        )
    if options.deface:
        lines.append("Series that may show a face and cannot be defaced are withheld.")
    else:
        lines.append("Faces in head images stay recognisable.")
    return lines
