"""Image files that are not DICOM, in and out."""
