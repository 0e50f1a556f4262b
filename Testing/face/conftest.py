"""One synthetic head, located once, for all tests of face removal."""

from __future__ import annotations

import pytest
import SimpleITK as sitk
from DeidentifyLib import face
from DeidentifyLib.face import phantom


@pytest.fixture(scope="session")
def mr_head() -> sitk.Image:
    return phantom.head("MR", 3.0)


@pytest.fixture(scope="session")
def mr_location(mr_head: sitk.Image) -> face.Location:
    return face.locate(mr_head, "MR")


@pytest.fixture(scope="session")
def mr_mask(mr_head: sitk.Image, mr_location: face.Location) -> sitk.Image:
    return face.face_mask(mr_head, mr_location)
