"""De-identification of one data set: the actions on values, and the reference engine on pydicom."""
