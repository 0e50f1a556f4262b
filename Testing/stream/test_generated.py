"""Generated series give the same files with both engines, whatever stands in them and in whatever order they come.

The property: every file of a series, treated as one task by `batch.process`, gives the same bytes, reason,
counts and UIDs with the byte-stream engine (which passes on what it does not know) as with the reference
engine; and a file alone gives what it gives among the others. Series are made by `generated_series`; the
``test_series_*`` files hold the sequences of files that are known to be hard, one by one.

``DEIDENTIFY_GENERATED_EXAMPLES=2000`` runs so many random series of each kind instead of a few fixed ones,
and makes those that fail small.

Mutations that made these tests fail, tried one at a time. By random series (this file) and a named scenario:
a context that does not hold the character set; a run taken without its last 40 bytes being compared, without
passing on its creators, with creators joined to their neighbours, across the places of marks, or not counted;
values without padding; strange character sets accepted. By random series only: the shape of the pixels
without Samples per Pixel. By a named scenario only: a context without PatientID, PatientName or SOP Class UID;
the outcome of a run remembered without the private creators before it; a run taken behind a greater tag, or
without its last byte being compared; an element remembered that looked at its coding scheme; a private element
remembered without its creator; a run that does not retain creators; file meta information recognised without
its end; marks remembered by their number; character sets in removed sequences not looked for.
Of the reference engine: private creators without elements that stay, group lengths that stay.
Not seen here: runs remembered although siblings were consulted, as such elements never enter a run.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest
from DeidentifyLib.options import Dates, Options
from DeidentifyLib.site_rules import SiteRules
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .engines import assert_equal_one_after_the_other, compare, compare_scans
from .generated_series import Series, series_of_files

_EXAMPLES = "DEIDENTIFY_GENERATED_EXAMPLES"
LONG = _EXAMPLES in os.environ
EXAMPLES = int(os.environ.get(_EXAMPLES, "80"))
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not LONG,
    database=None,
    report_multiple_bugs=False,
    print_blob=False,
    phases=[Phase.generate, Phase.shrink] if LONG else [Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
SITE_RULES = SiteRules.from_dict(
    {
        "rules": [
            {"tag": "00120040", "action": "set", "value": "TRIAL-7"},
            {"tag": "00080070", "action": "set", "value": "Maker"},
            {"tag": "00081030", "action": "keep"},
            {"tag": "0008103E", "action": "clean"},
            {"tag": "00180050", "action": "remove"},
            {"tag": "00100040", "action": "empty"},
        ],
        "private": [{"creator": "ACME", "group": "00E1", "element": "21", "vr": "DS"}],
    }
)
SWITCHES = (
    "keep_id_name",
    "keep_subject_characteristics",
    "keep_safe_private",
    "retain_uids",
    "retain_device_identity",
    "retain_institution_identity",
    "clean_descriptors",
    "clean_structured_content",
    "clean_graphics",
)


def _options(dates: Dates, on: set[str], site_rules: SiteRules) -> Options:
    return Options(dates=dates, site_rules=site_rules, **dict.fromkeys(sorted(on), True))


option_sets = st.builds(
    _options,
    st.sampled_from(list(Dates)),
    st.sets(st.sampled_from(SWITCHES), max_size=5),
    st.sampled_from((SiteRules(),) * 4 + (SITE_RULES,)),
)
first_reads = st.sampled_from((None, None, None, 500, 1500))
subject_lists = st.sampled_from((("P-4711",),) * 9 + (("P-4711", "P-4712", "P-4711"),))


@pytest.mark.timeout(0 if LONG else 600)
@pytest.mark.parametrize("damaged", [False, True], ids=["well formed", "damaged"])
def test_generated_series_are_equal_under_every_option_set(damaged: bool) -> None:
    tally: Counter[str] = Counter()

    @SETTINGS
    @given(series=series_of_files(damaged), options=option_sets, first_read=first_reads, subjects=subject_lists)
    def check(series: Series, options: Options, first_read: int | None, subjects: tuple[str, ...]) -> None:
        tally.update(compare(series.files(), options, first_read, subjects))

    check()
    print(tally)
    # Which examples are drawn depends on the modules that are loaded, so the share of streamed files varies by a
    # third; what has to hold is that there was much to compare.
    assert tally["streamed"] >= EXAMPLES // (2 if damaged else 1), tally


@pytest.mark.timeout(0 if LONG else 600)
def test_generated_series_are_equal_when_one_worker_does_several() -> None:
    @settings(SETTINGS, max_examples=EXAMPLES // 4 + 1)
    @given(several=st.lists(series_of_files(False), min_size=2, max_size=4), options=option_sets)
    def check(several: list[Series], options: Options) -> None:
        tasks = [(series.files(), ("P-4711", "P-4712")[number % 2]) for number, series in enumerate(several)]
        assert_equal_one_after_the_other([*tasks, tasks[0]], [options])

    check()


@pytest.mark.timeout(0 if LONG else 600)
def test_a_scan_finds_in_generated_series_what_pydicom_finds() -> None:
    tally: Counter[str] = Counter()

    @SETTINGS
    @given(series=series_of_files(False).filter(lambda series: not series.is_disordered))
    def check(series: Series) -> None:
        tally.update(compare_scans(series.files()))

    check()
    print(tally)
    assert tally["peeked"] > 2 * EXAMPLES, tally
