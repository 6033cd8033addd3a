"""Show the book on a local port, and rebuild it whenever a page, a chapter or a table is saved.

For example: mutuals serve --port 8001
"""

import argparse
import contextlib


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--port", type=int, default=8000, help="the port (8000)")


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted."""
    from mutuals.serving import serve

    with contextlib.suppress(KeyboardInterrupt):
        serve(arguments.root, arguments.port, lambda text: print(text, flush=True))
    return 0
