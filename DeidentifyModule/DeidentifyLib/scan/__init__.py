"""What the inputs hold: subjects, studies, series and instances, by their headers."""
