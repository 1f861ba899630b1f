"""Parts of `scripts/build_standalone.py`; PyInstaller reads `entry.py` and `msglint.spec`."""
