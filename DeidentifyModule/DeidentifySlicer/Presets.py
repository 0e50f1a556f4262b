"""Sets of options for common purposes."""

from .Translation import tr as _


def presets():
    """Return (text, changes to the default Options), in the order of the panel's list."""
    return [
        (_("Basic Profile, dates shifted"), {}),
        (_("Strict: Basic Profile without dates"), {"dates": "remove"}),
        (
            _("PET / CT quantification (SUV)"),
            {"keep_subject_characteristics": True, "keep_safe_private": True},
        ),
        (_("Follow-up study with name list"), {"keep_subject_characteristics": True, "mapping_file": True}),
        (_("Head images for sharing"), {"deface": True, "clean_pixel_data": True}),
        (
            _("Machine learning"),
            {
                "keep_subject_characteristics": True,
                "keep_safe_private": True,
                "retain_device_identity": True,
                "deface": True,
                "clean_descriptors": True,
            },
        ),
    ]


def presetOptions(index):
    """Return the Options of a preset, without what this version of the library refuses: a preset can always run."""
    from DeidentifyLib.options import Options
    from DeidentifyLib.profile import unsupported_options

    refused = unsupported_options()
    return Options.from_dict({name: value for name, value in presets()[index][1].items() if name not in refused})


def matchingPreset(options):
    """Return the index of the preset that equals the options but for what is the site's own; -1 if there is none."""
    for index in range(len(presets())):
        sites = {"name_pattern": options.name_pattern, "site_rules": options.site_rules}
        if presetOptions(index).with_changes(**sites) == options:
            return index
    return -1
