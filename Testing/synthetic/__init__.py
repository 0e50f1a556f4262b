"""Synthetic patients with a secret in every place where identity can hide; shares nothing with the engine."""

from __future__ import annotations

from synthetic.leak_checker import Leak, find_leaks, find_leaks_in_text
from synthetic.planted import MUST_GO, Planted, Planter
from synthetic.scenarios import (
    make_patients,
    one_patient_spelled_differently_by_two_scanners,
    one_patient_two_studies_180_days_apart,
    pet_ct_patient,
    two_patients,
)

__all__ = [
    "MUST_GO",
    "Leak",
    "Planted",
    "Planter",
    "find_leaks",
    "find_leaks_in_text",
    "make_patients",
    "one_patient_spelled_differently_by_two_scanners",
    "one_patient_two_studies_180_days_apart",
    "pet_ct_patient",
    "two_patients",
]
