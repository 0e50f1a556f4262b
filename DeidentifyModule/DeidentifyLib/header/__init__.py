"""De-identification of one data set: the actions on values, the reference engine, and the stream engine."""
