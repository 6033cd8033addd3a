"""Runs the command where nothing is installed: python3 -m mutuals, with src/ on the path."""

import sys

from mutuals.commands import main

sys.exit(main())
