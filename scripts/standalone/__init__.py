"""What `scripts/build_standalone.py` and its check are made of; `entry.py` and `msglint.spec` are read by PyInstaller."""
