"""De-identification of medical images according to DICOM PS3.15 Annex E."""
