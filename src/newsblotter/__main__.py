"""``python -m newsblotter`` is ``newsblotter``."""

from newsblotter.cli import main

if __name__ == "__main__":
    main()
