"""Run msglint from a checkout without installing it: `python cli.py check …`."""

from validator.__main__ import run

if __name__ == "__main__":
    run()
