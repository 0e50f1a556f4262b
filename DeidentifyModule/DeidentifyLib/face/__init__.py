"""Face removal: find the head, say how sure that is, and fill the face with air.

On images::

    location = locate(image, "MR")
    judged = verdict(location, "MR")
    if judged.outcome is FaceOutcome.REMOVED:
        mask = face_mask(image, location)
        defaced = remove_face(image, mask, air_value(image, "MR"))

On DICOM::

    plan = plan_study([SeriesHeaders(uid, [InstanceHeader(header, path), ...]), ...])
    for uid, decision in plan.decisions.items():
        if decision.action is FaceAction.DEFACE:
            for each instance: deface_dataset(dataset, decision.region)
"""

from ..pixels.decode import NotDecoded
from .frames import first_frame, guess_modality
from .instance import CannotDeface, deface_dataset, face_of
from .location import Location, locate
from .mask import MaskError, checked_mask, face_mask
from .planes import NoPlane
from .prepare import NotAVolume
from .region import DrawnRegion, FaceRegion, Region
from .remove import air_value, remove_face
from .series import InstanceHeader, Kind, SeriesHeaders, kind_of
from .study import FaceAction, SeriesDecision, StudyPlan, plan_study
from .verdicts import FaceOutcome, Verdict, verdict
from .volume import small_volume

__all__ = [
    "CannotDeface",
    "DrawnRegion",
    "FaceAction",
    "FaceOutcome",
    "FaceRegion",
    "InstanceHeader",
    "Kind",
    "Location",
    "MaskError",
    "NoPlane",
    "NotAVolume",
    "NotDecoded",
    "Region",
    "SeriesDecision",
    "SeriesHeaders",
    "StudyPlan",
    "Verdict",
    "air_value",
    "checked_mask",
    "deface_dataset",
    "face_mask",
    "face_of",
    "first_frame",
    "guess_modality",
    "kind_of",
    "locate",
    "plan_study",
    "remove_face",
    "small_volume",
    "verdict",
]
