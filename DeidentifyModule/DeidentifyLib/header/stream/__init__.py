"""The byte-stream engine: the encoded data set is walked, kept elements are copied as they lie in the file."""
