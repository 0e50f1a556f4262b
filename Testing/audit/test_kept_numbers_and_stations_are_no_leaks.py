"""What text cleaning rightly keeps is no leak to the audit."""

from __future__ import annotations

import pytest
from DeidentifyLib.audit.checks.leaks import is_measure


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        (b" 300 mm thick", 3, True),
        (b"2000ms", 4, True),
        (b"_120_kV", 3, True),
        (b" 300 brain", 3, False),
        (b" 3000 mm", 3, False),
        (b" 300 mmx", 3, False),
    ],
)
def test_a_number_with_its_unit_is_a_measure(text: bytes, length: int, expected: bool) -> None:
    assert is_measure(text, length) is expected
