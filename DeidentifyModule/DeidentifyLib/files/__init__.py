"""Files and processes: inputs, zip members, byte sources, outputs, paths, folders, locks; nothing of DICOM."""
