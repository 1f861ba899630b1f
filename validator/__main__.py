"""Run msglint as a module: `python -m validator check …`."""

from .cli import main

if __name__ == "__main__":
    main()
