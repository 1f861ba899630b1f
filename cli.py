"""Run msglint from a checkout without installing it: `python cli.py check …`."""

from validator.cli import main

if __name__ == "__main__":
    main()
