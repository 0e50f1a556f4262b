"""Slicer side of Deidentify: the panel, the logic behind it, and the way between MRML and DeidentifyLib.

Nothing here reads or writes DICOM by itself but the synthetic sample patients; that is the work of DeidentifyLib.
"""
