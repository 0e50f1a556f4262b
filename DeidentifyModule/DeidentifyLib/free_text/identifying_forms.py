"""Forms of text that identify whatever their words are: dates, times, ages, phone and record numbers, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .atoms import VECTOR
from .rules import TextRule

_DATA = Path(__file__).parent / "data"
_BEFORE, _AFTER = r"(?<!\d)", r"(?!\d)"
_WORD_BEFORE, _WORD_AFTER = r"(?<![^\W_])", r"(?![^\W_])"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|ten|º|ª|\.)?"
_GAP = r"[\s\-./_,'\\]{0,3}(?:(?:de|of|den|d')\s?)?"
_YEAR = r"(?:19\d\d|20[0-4]\d)"
_SEP = r"\s{0,2}[-./_\\,:\s]\s{0,2}"
_ROMAN = r"(?:XI{0,2}|I[XV]|V?I{1,3}|V)"


def _lines(name: str) -> list[list[str]]:
    text = (_DATA / name).read_text(encoding="utf-8")
    return [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _any_of(words: list[str]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(set(words), key=len, reverse=True))) + ")"


def _dates() -> Iterator[str]:
    (_, *always), (_, *beside) = _lines("months.txt")
    month, clear = _any_of(always + beside), _any_of(always)
    yield _BEFORE + rf"{_YEAR}{_SEP}\d{{1,2}}{_SEP}\d{{1,2}}" + _AFTER
    yield _BEFORE + rf"\d{{1,2}}{_SEP}\d{{1,2}}{_SEP}{_YEAR}" + _AFTER
    yield _BEFORE + r"\d{1,2}([-/])\d{1,2}\1\d{2}" + _AFTER
    yield _BEFORE + r"\d{2}([-/])\d{1,2}\1\d{1,2}" + _AFTER
    yield _BEFORE + rf"{_YEAR}[-./]\d{{1,2}}" + _AFTER
    yield _BEFORE + rf"\d{{1,2}}[-./]{_YEAR}" + _AFTER
    yield r"(?:19|20)\d\d\s*年?\s*\d{1,2}\s*[月월](?:\s*\d{1,2}\s*[日일])?"
    yield r"\d{2,4}\s*[年년]\s*\d{1,2}\s*[月월](?:\s*\d{1,2}\s*[日일])?"
    yield _BEFORE + r"(?<![.,])[0-3]\d/[0-3]\d" + _AFTER
    yield _BEFORE + r"(?<![.,])(?:0?[1-9]|1[0-2])/\d{2}" + _AFTER + r"(?!\s*mm)"
    yield _BEFORE + r"[0-3]\d\.[01]\d\.(?!\d)"
    yield rf"{_BEFORE}{_DAY}{_GAP}{month}(?![^\W\d_])\.?{_GAP}(?:\d{{4}}|\d{{2}}){_AFTER}"
    yield rf"{_BEFORE}{_DAY}{_GAP}{clear}(?![^\W\d_])"
    yield rf"{_BEFORE}{_DAY}{month}\d{{2,4}}"
    yield rf"(?<![^\W\d_]){month}\.?{_GAP}{_DAY}{_GAP}(?:\d{{4}}|\d{{2}}){_AFTER}"
    yield rf"(?<![^\W\d_]){clear}(?![^\W\d_])\.?{_GAP}{_DAY}{_AFTER}"
    yield rf"(?<![^\W\d_]){month}\.?{_GAP}{_YEAR}{_AFTER}"
    yield rf"{_BEFORE}{_YEAR}{_GAP}{month}(?![^\W\d_])(?:{_GAP}\d{{1,2}})?{_AFTER}"
    yield rf"{_BEFORE}[0-3]?\d[\s.\-/_]{{1,3}}{_ROMAN}[\s.\-/_]{{1,3}}'?(?:{_YEAR}|\d\d){_AFTER}"
    yield rf"{_BEFORE}{_YEAR}[\s.\-/_]{{1,3}}{_ROMAN}[\s.\-/_]{{1,3}}[0-3]?\d{_AFTER}"
    # a week of a year, a quarter
    yield rf"{_BEFORE}{_YEAR}\s*-?\s*(?:W|KW|Q)\s?\d{{1,2}}{_AFTER}"
    # times
    yield _BEFORE + r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*(?:[ap]\.?m\b\.?|uhr\b|h\b))?"
    yield _BEFORE + r"\d{1,2}\s?h\s?\d{2}(?![\d.])"
    yield _BEFORE + r"\d{1,2}\s*(?:[ap]\.?m|uhr)\b"


def _ages() -> Iterator[str]:
    (_, *years), (_, *beside), (_, *sexes) = _lines("ages.txt")
    year, short, sex = _any_of(years), _any_of(beside), _any_of(sexes)
    part = "(?:m|mo|mos|months?|w|wks?|weeks?|d|days?|monate?|wochen?|tage?)"
    yield rf"{_BEFORE}(?<!\d[.,])\d{{1,3}}[\s\-_]*{year}{_WORD_AFTER}\.?(?:[\s\-]*(?:old|alt|oud))?"
    yield rf"{_BEFORE}(?<!\d[.,])\d{{2,3}}[\s\-_]*{short}{_WORD_AFTER}"
    yield rf"{_BEFORE}\d{{1,3}}[\s\-]*{part}[\s\-]*(?:old|alt|oud){_WORD_AFTER}"
    yield rf"{_BEFORE}\d{{1,3}}\s*[岁歳才세]"
    yield rf"{_WORD_BEFORE}0\d\d[ymwd]{_WORD_AFTER}"
    yield _WORD_BEFORE + r"(?:age|aged|alter|edad|et[aà]|[âa]ge|leeftijd|idade)\s*[:=]?\s*\d+"
    yield rf"{_WORD_BEFORE}{sex}[\s/_\-,:]*\d{{2,3}}{_WORD_AFTER}(?!\s*(?:mm|cm|ms|s|mg|ml|fdg|naf)\b)"
    yield rf"{_BEFORE}(?<![^\W_])\d{{2,3}}[\s/_\-,]*{sex}{_WORD_AFTER}"


def _records() -> Iterator[str]:
    (_, *labels), (_, *numbered) = _lines("record_labels.txt")
    label, number = _any_of(labels), _any_of(numbered)
    between = r"[\s.:#=_\-]"
    more = rf"(?:{between}*(?:{number}){between}*\d[\w\-/]*)*"
    yield rf"{_WORD_BEFORE}{label}(?:{between}+|(?=\d{{4}}))(?:{number}{between}*)?[a-z]{{0,4}}\d{{2,}}[\w\-/]*{more}"
    yield rf"{_WORD_BEFORE}(?:{number})[\s.:=_\-]*\d{{3,}}[\w\-/]*"
    yield r"#\s?\d{3,}"
    yield rf"{_WORD_BEFORE}(?:sub|subj|subject|ses(?=-\d{{6}}))[-_ ]?[a-z]{{0,6}}\d+\w*"
    yield rf"{_WORD_BEFORE}sub-[^\W_]+"


_ANY_CASE = (
    r"[^\s@]{1,64}@\S{1,255}",
    r"(?:https?|ftp|file|dicom|sftp|smb)://\S+",
    r"\bwww\.\S+",
    r"(?<!\S)\\\\\S+",
    r"\b[a-z]:\\\S+",
    r"\b(?:[\w\-]{1,63}\.){1,6}(?:com|org|net|edu|gov|int|mil|info|health|hospital|local|lan|intern|de|ch|at|fr|it|es|nl"
    r"|be|uk|eu|us|ca|au|jp|cn|br|pt|pl|se|no|dk|fi)\b(?![.\d])",
    r"\b(?:[0-9a-f]{2}[:\-]){5}[0-9a-f]{2}\b",
    r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{6,12}\b",
    # what stands behind a label
    _WORD_BEFORE + r"(?:name|patient|patientin|pat|dob|d\.o\.b|born|geb|geboren|n[ée]e?|mrn|pid|pat[\s\-_]?(?:id|name)"
    r"|patient[\s\-_]?(?:id|name)|id|acc|accession|phone|tel|telefon|fax|mobile|address|adresse|physician|radiologist"
    r"|operator|technologist|user|owner|birth|birthday|geburtsdatum|naissance|nacimiento|nascita|doctor|ref|referrer"
    r"|reader|reported by|read by|signed by)" + _WORD_AFTER + r"\.?\s*(?:no\.?|nr\.?|number)?\s*[:=#][^,;|\r\n]*",
    _WORD_BEFORE + r"(?:dob|d\.o\.b\.?|born|geb\.?|geboren|n[ée]e? le|nacid[oa]|nat[oa])(?![^\W_])"
    r"[\s.:_]*(?:on|am|le|el|il)?[\s.:_]*[\d\s./\-_\\]*",
)
_CASE_MATTERS = (
    # persons with a title; MR, MS, DR and SR are modalities, diseases and elements when in capitals
    _WORD_BEFORE + r"(?:[Dd]rs?|DR\.|[Pp]rof|PROF|[Dd]oc(?:tor)?|DOCTOR|[Dd]oktor|DOKTOR|[Mm]rs|MRS|Mr|mr\.|MR\.|Ms"
    r"|ms\.(?=\s[A-Z])|[Mm]iss|Herrn?|HERRN?"
    r"|Frau|FRAU|[Mm]me|MME|Mlle|[Dd]octeur|[Dd]ott|Sra?|SRA?\.|[Ss]eñora?|[Ss]ignora?|[Mm]evr|[Dd]hr|Sir|Lady|Lord)\b\.?"
    r"(?:[\s.,^]*(?:[Dd]r|[Mm]ed|[Pp]rof)\b\.?)*[\s.,^\-']+[^\W\d_]+(?:[\s.^\-']+[^\W\d_]+)?",
)
_ADDRESS = r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])(?<!\b\d\.\d\.\d\.\d)"
_PHONE = re.compile(r"\+?\(?\d[\d\s().\-/]{4,40}\d")
_GROUPS = re.compile(r"(?<![^\W_])(?<![.,])\d{2,8}(?:[-_ ]\d{2,8}){1,4}(?![^\W_]|[.,]\d)")
_TRIPLE = re.compile(r"(?<![\d.,\-])(\d{1,2})([\s_./\\,\-]{1,2})(\d{1,2})([\s_./\\,\-]{1,2})(\d{2})(?![\d]|[.,]\d)")
_SPELLED = re.compile(
    r"(?<![^\W_])[^\W\d_][\u0300-\u036f]?(?:[\s._\-/\\^,]{1,3}[^\W\d_][\u0300-\u036f]?(?![^\W_]|[\u0300-\u036f])){2,}"
)
_DIRECTIONS = frozenset("aplrhfsi")
_FEWEST_SPELLED = 4
_SHORTEST_PHONE = 7
_SHORTEST_RECORD = 6
_DECIMALS = re.compile(r"[+\-(]*\d{1,4}\.\d{1,8}\)?")
_SMALL_DECIMAL = re.compile(r"(?<![\d.])\d\.\d{1,2}(?![\d.])")
_DIGIT = re.compile(r"\d")
_FLUORINE = re.compile(r"f-?18|18-?f", re.IGNORECASE)


_Form = tuple[re.Pattern[str], TextRule, bool]


@cache
def _patterns() -> tuple[_Form, ...]:
    def group(patterns: Iterator[str], rule: TextRule, needs_digit: bool, flags: int = re.IGNORECASE) -> list[_Form]:
        return [(re.compile(pattern, flags), rule, needs_digit) for pattern in patterns]

    return (
        *group(iter(_ANY_CASE), TextRule.CONTACT, False),
        *group(iter(_CASE_MATTERS), TextRule.TITLE, False, 0),
        *group(_dates(), TextRule.DATE, True),
        *group(_ages(), TextRule.AGE, True),
        *group(_records(), TextRule.RECORD, True),
        *group(iter((_ADDRESS,)), TextRule.CONTACT, True),
    )


def identifying_spans(text: str) -> list[tuple[int, int, TextRule]]:
    """Return where in a text something stands whose form alone identifies.

    Returns
    -------
    list of (int, int, TextRule)
        Start and end, and which form it has; not sorted, and they may overlap.
    """
    text = VECTOR.sub(lambda match: "~" * len(match[0]), text)
    has_digit = _DIGIT.search(text) is not None
    spans = [
        (*match.span(), rule)
        for pattern, rule, needs_digit in _patterns()
        if has_digit or not needs_digit
        for match in pattern.finditer(text)
        if rule is not TextRule.AGE or not _FLUORINE.fullmatch(match[0])
    ]
    if has_digit:
        spans += _numbers(text)
    for match in _SPELLED.finditer(text):
        letters = [c for c in match[0].casefold() if c.isalpha()]
        if len(letters) >= _FEWEST_SPELLED or not ("/" in match[0] or _DIRECTIONS.issuperset(letters)):
            spans.append((*match.span(), TextRule.SPELLED))
    return spans


def is_record_in_groups(text: str) -> bool:
    """Return whether a text holds groups of digits that together are long enough for a record number."""
    return any(sum(c.isdigit() for c in match[0]) >= _SHORTEST_RECORD + 1 for match in _GROUPS.finditer(text))


def _numbers(text: str) -> Iterator[tuple[int, int, TextRule]]:
    for match in _PHONE.finditer(text):
        digits = sum(c.isdigit() for c in match[0])
        if digits >= _SHORTEST_PHONE and not _is_measured(match[0]):
            yield *match.span(), TextRule.CONTACT
    for match in _GROUPS.finditer(text):
        if sum(c.isdigit() for c in match[0]) >= _SHORTEST_RECORD:
            yield *match.span(), TextRule.RECORD
    for match in _TRIPLE.finditer(text):
        if _is_day(int(match[1]), int(match[3]), int(match[5])) and match[2].strip() == match[4].strip():
            yield *match.span(), TextRule.DATE


def _is_measured(text: str) -> bool:
    """Return whether digits are decimals of numbers, such as ``0.096000`` or ``0.000-0.895``."""
    if len(_SMALL_DECIMAL.findall(text)) > 1:
        return True
    return all(_DECIMALS.fullmatch(part) for part in re.split(r"[\s/]+|(?<=\d)-", text.strip(" ()")) if part)


def _is_day(first: int, second: int, third: int) -> bool:
    """Return whether three numbers can be a day, in any order that is written: day first, month first, year first."""
    return (
        (1 <= first <= 31 and 1 <= second <= 12)
        or (1 <= first <= 12 and 1 <= second <= 31)
        or (1 <= second <= 12 and 1 <= third <= 31)
    )
