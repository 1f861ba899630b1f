"""Look-ups of files and folders, globs, and ignore files of git."""
