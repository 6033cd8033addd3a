"""Build the website into _build/html, if the tables are clean.

For example: mutuals book
"""

import argparse


def register(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def run(arguments: argparse.Namespace) -> int:
    """Build the book; it stops with the findings if there are any."""
    from mutuals.book import build

    build(arguments.root)
    return 0
