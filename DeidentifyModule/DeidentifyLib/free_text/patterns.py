"""Forms of text that identify whatever their words are: dates, times, ages, phone numbers, addresses of the net."""

from __future__ import annotations

import re

_MONTHS = (
    "january january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec "
    "januar februar märz maerz april mai juni juli oktober dezember mrz okt dez "
    "janvier février fevrier mars avril juin juillet août aout septembre octobre novembre décembre decembre "
    "janv févr avr juil déc "
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre ene abr ago dic "
    "gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre gen mag giu lug set ott "
    "januari februari maart mei augustus mrt"
)
_MONTH = "(?:" + "|".join(sorted(set(_MONTHS.split()), key=len, reverse=True)) + ")"
_AMBIGUOUS = "oct set mag mar mars ago may mai gen dec dic sep lug ott out jan".split()
"""Abbreviations of months that are words of protocols as well; they are months only beside day and year."""
_CLEAR_MONTH = "(?:" + "|".join(sorted(set(_MONTHS.split()) - set(_AMBIGUOUS), key=len, reverse=True)) + ")"
_FULL_MONTH = "(?:" + "|".join(sorted({m for m in _MONTHS.split() if len(m) > 4}, key=len, reverse=True)) + ")"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|ten|º|ª|\.)?"
_GAP = r"[\s\-./_,']{0,3}(?:(?:de|of|den|d')\s?)?"
_DIGITS_BEFORE, _DIGITS_AFTER = r"(?<!\d)", r"(?!\d)"

_WITH_DIGITS = (
    r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])(?<!\b\d\.\d\.\d\.\d)",
    # dates with a year
    _DIGITS_BEFORE + r"(?:19|20)\d\d[-./_ ]\d{1,2}[-./_ ]\d{1,2}" + _DIGITS_AFTER,
    _DIGITS_BEFORE + r"\d{1,2}[-./_ ]\d{1,2}[-./_ ](?:19|20)\d\d" + _DIGITS_AFTER,
    _DIGITS_BEFORE + r"\d{1,2}([-./])\d{1,2}\1\d{2}" + _DIGITS_AFTER,
    _DIGITS_BEFORE + r"\d{2}([-./])\d{1,2}\1\d{1,2}" + _DIGITS_AFTER,
    _DIGITS_BEFORE + r"(?:19|20)\d\d[-./]\d{1,2}" + _DIGITS_AFTER,
    _DIGITS_BEFORE + r"\d{1,2}[-./](?:19|20)\d\d" + _DIGITS_AFTER,
    r"(?:19|20)\d\d\s*(?:年\s*)?\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?",
    # days and months
    _DIGITS_BEFORE + r"\d{2}/\d{2}" + _DIGITS_AFTER,
    _DIGITS_BEFORE + r"[0-3]\d\.[01]\d\.(?!\d)",
    rf"{_DIGITS_BEFORE}{_DAY}{_GAP}{_MONTH}(?![^\W\d_])\.?{_GAP}(?:\d{{4}}|\d{{2}}){_DIGITS_AFTER}",
    rf"{_DIGITS_BEFORE}{_DAY}{_GAP}{_CLEAR_MONTH}(?![^\W\d_])",
    rf"{_DIGITS_BEFORE}{_DAY}{_MONTH}\d{{2,4}}",
    rf"(?<![^\W\d_]){_MONTH}\.?{_GAP}{_DAY}{_GAP}(?:\d{{4}}|\d{{2}}){_DIGITS_AFTER}",
    rf"(?<![^\W\d_]){_CLEAR_MONTH}(?![^\W\d_])\.?{_GAP}{_DAY}{_DIGITS_AFTER}",
    rf"(?<![^\W\d_]){_MONTH}{_GAP}(?:19|20)\d\d{_DIGITS_AFTER}",
    # times
    _DIGITS_BEFORE + r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*(?:[ap]\.?m\b\.?|uhr\b|h\b))?",
    _DIGITS_BEFORE + r"\d{1,2}\s?h\s?\d{2}(?![\d.])",
    _DIGITS_BEFORE + r"\d{1,2}\s*(?:[ap]\.?m|uhr)\b",
    # ages
    r"\b\d{1,3}[\s\-]*(?:y\.?\s?o\.?|y|yrs?|years?|jahre?|jährige?[rsn]?|ans|anni|años|jaar)\b\.?(?:[\s\-]*(?:old|alt|oud))?",
    r"\b0\d\d[ymwd]\b",
    r"\bage[d:=\s]{1,3}\d+",
)
"""What needs a digit is not looked for in a text without one."""
_ANY_CASE = (
    # the net
    r"[^\s@]{1,64}@\S{1,255}",
    r"(?:https?|ftp|file|dicom|sftp|smb)://\S+",
    r"\bwww\.\S+",
    r"\\\\\S+",
    r"\b(?:[\w\-]{1,63}\.){1,6}(?:com|org|net|edu|gov|int|mil|info|health|hospital|local|lan|intern|de|ch|at|fr|it|es|nl|be|uk|eu|us|ca|au|jp|cn|br|pt|pl|se|no|dk|fi)\b(?![.\d])",
    r"\b(?:[0-9a-f]{2}[:\-]){5}[0-9a-f]{2}\b",
    # months that are nothing else
    rf"(?:{_DAY}\s*)?(?<![^\W\d_]){_FULL_MONTH}(?![^\W\d_])(?:{_GAP}\d{{1,4}}){{0,2}}",
    # what stands behind a label
    r"\b(?:name|patient|patientin|pat|dob|d\.o\.b|born|geb|geboren|n[ée]e?|mrn|pid|pat[\s\-_]?(?:id|name)|patient[\s\-_]?(?:id|name)|id"
    r"|acc|accession|phone|tel|telefon|fax|mobile|address|adresse|physician|radiologist|operator|technologist|user|owner)"
    r"\b\.?\s*(?:no\.?|nr\.?|number)?\s*[:=#][^,;|\r\n]*",
)
_CASE_MATTERS = (
    # persons with a title; MR, MS, DR and SR are modalities, diseases and elements when in capitals
    r"\b(?:[Dd]rs?|DR\.|[Pp]rof|PROF|[Dd]oc(?:tor)?|DOCTOR|[Dd]oktor|DOKTOR|[Mm]rs|MRS|Mr|mr\.|MR\.|Ms|ms\.(?=\s[A-Z])|[Mm]iss|Herrn?|HERRN?|Frau|FRAU|[Mm]me|MME|Mlle"
    r"|[Dd]octeur|[Dd]ott|Sra?|SRA?\.|[Ss]eñora?|[Ss]ignora?|[Mm]evr|[Dd]hr|Sir|Lady|Lord)\b\.?"
    r"(?:[\s.,^]*(?:[Dd]r|[Mm]ed|[Pp]rof)\b\.?)*[\s.,^\-']+[^\W\d_]+(?:[\s.^\-']+[^\W\d_]+)?",
)
_PHONE = re.compile(r"\+?\(?\d[\d\s().\-/]{4,40}\d")
_SHORTEST_PHONE = 7
_DECIMALS = re.compile(r"\d\.\d{1,6}")
_DIGIT = re.compile(r"\d")
_WITHOUT_DIGITS = (
    *(re.compile(pattern, re.IGNORECASE) for pattern in _ANY_CASE),
    *(re.compile(pattern) for pattern in _CASE_MATTERS),
)
_PATTERNS = (*_WITHOUT_DIGITS, *(re.compile(pattern, re.IGNORECASE) for pattern in _WITH_DIGITS))


def identifying_spans(text: str) -> list[tuple[int, int]]:
    """Return where in a text something stands whose form alone identifies.

    Returns
    -------
    list of tuple of int
        Start and end, not sorted; they may overlap.
    """
    if _DIGIT.search(text) is None:
        return [match.span() for pattern in _WITHOUT_DIGITS for match in pattern.finditer(text)]
    spans = [match.span() for pattern in _PATTERNS for match in pattern.finditer(text)]
    for match in _PHONE.finditer(text):
        if sum(c.isdigit() for c in match[0]) >= _SHORTEST_PHONE and not _DECIMALS.fullmatch(match[0]):
            spans.append(match.span())
    return spans
