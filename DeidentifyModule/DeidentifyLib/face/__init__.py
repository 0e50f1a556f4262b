"""Face removal: find the head, say how sure that is, and fill the face with air.

On images::

    location = locate(image, "MR")
    judged = verdict(location, "MR")
    if judged.outcome is Outcome.REMOVED:
        mask = face_mask(image, location)
        defaced = remove_face(image, mask, air_value(image, "MR"))
"""

from .frames import first_frame, guess_modality
from .location import Location, locate
from .mask import MaskError, checked_mask, face_mask
from .prepare import NotAVolume
from .remove import air_value, remove_face
from .judgement import Outcome, Verdict, verdict

__all__ = [
    "Location",
    "MaskError",
    "NotAVolume",
    "Outcome",
    "Verdict",
    "air_value",
    "checked_mask",
    "face_mask",
    "first_frame",
    "guess_modality",
    "locate",
    "remove_face",
    "verdict",
]
