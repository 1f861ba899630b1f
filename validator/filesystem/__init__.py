"""Files and folders as the system and git see them: look-ups, globs, ignore files."""
