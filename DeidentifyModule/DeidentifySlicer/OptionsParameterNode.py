"""The options of the panel as a typed view on a parameter node; the node is saved in the scene in clear text.

Hence options only: no path, no key, no name of a patient.
"""

import enum

from slicer.parameterNodeWrapper import parameterNodeWrapper

from .Translation import tr as _


class IdName(enum.Enum):
    """What happens to patient ID and name."""

    REPLACE = "replace"
    KEEP = "keep"

    def label(self):
        return _("Replace by pseudonyms") if self is IdName.REPLACE else _("Keep (were replaced before)")


class DateChoice(enum.Enum):
    """What happens to dates (PS3.15 E.3.6); values as in DeidentifyLib.options.Dates."""

    SHIFT = "shift"
    KEEP = "keep"
    REMOVE = "remove"

    def label(self):
        return {
            DateChoice.SHIFT: _("Shift by whole days"),
            DateChoice.KEEP: _("Keep as they are"),
            DateChoice.REMOVE: _("Remove"),
        }[self]


@parameterNodeWrapper
class OptionsParameterNode:
    """One field for every option of ``DeidentifyLib.options.Options``."""

    idName: IdName = IdName.REPLACE
    dates: DateChoice = DateChoice.SHIFT
    keepSubjectCharacteristics: bool = False
    keepSafePrivate: bool = False
    deface: bool = False
    mappingFile: bool = False
    retainUids: bool = False
    retainDeviceIdentity: bool = False
    retainInstitutionIdentity: bool = False
    cleanDescriptors: bool = False
    cleanStructuredContent: bool = False
    cleanGraphics: bool = False
    cleanPixelData: bool = False
    namePattern: str = "{subject}/{study}/{series}/{instance}.dcm"


CHECKED_OPTIONS = {
    "keepSubjectCharacteristics": "keep_subject_characteristics",
    "keepSafePrivate": "keep_safe_private",
    "deface": "deface",
    "mappingFile": "mapping_file",
    "retainUids": "retain_uids",
    "retainDeviceIdentity": "retain_device_identity",
    "retainInstitutionIdentity": "retain_institution_identity",
    "cleanDescriptors": "clean_descriptors",
    "cleanStructuredContent": "clean_structured_content",
    "cleanGraphics": "clean_graphics",
    "cleanPixelData": "clean_pixel_data",
}
"""Name in the parameter node -> name in Options, for all that is yes or no."""


def optionsFromParameterNode(parameterNode):
    """Return the ``Options`` that the panel shows.

    Raises
    ------
    OptionsError
        If the choices contradict each other.
    """
    from DeidentifyLib.options import Options

    values = {option: bool(getattr(parameterNode, name)) for name, option in CHECKED_OPTIONS.items()}
    return Options.from_dict(
        {
            **values,
            "keep_id_name": parameterNode.idName is IdName.KEEP,
            "dates": parameterNode.dates.value,
            "name_pattern": parameterNode.namePattern,
        }
    )


def optionsToParameterNode(options, parameterNode):
    """Show ``Options`` in the panel."""
    wasModified = parameterNode.StartModify()
    for name, option in CHECKED_OPTIONS.items():
        setattr(parameterNode, name, getattr(options, option))
    parameterNode.idName = IdName.KEEP if options.keep_id_name else IdName.REPLACE
    parameterNode.dates = DateChoice(options.dates.value)
    parameterNode.namePattern = options.name_pattern
    parameterNode.EndModify(wasModified)


def parameterValues(parameterNode):
    """Return what the controls show, by name, also where the choices contradict each other."""
    return {name: getattr(parameterNode, name) for name in (*CHECKED_OPTIONS, "idName", "dates", "namePattern")}


def setParameterValues(parameterNode, values):
    """Show values of `parameterValues` again."""
    wasModified = parameterNode.StartModify()
    for name, value in values.items():
        setattr(parameterNode, name, value)
    parameterNode.EndModify(wasModified)
