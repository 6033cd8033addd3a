"""Progress: what takes longer than a second says so, on a terminal and nowhere else."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


def _tell(what: str, began: float, done: threading.Event) -> None:
    while not done.wait(1):
        print(f"\r{what}: {time.monotonic() - began:.0f} s ", end="", file=sys.stderr, flush=True)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Say each second what goes on while the block runs, and wipe the line out at its end; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield
        return
    began, done = time.monotonic(), threading.Event()
    told = threading.Thread(target=_tell, args=(what, began, done), daemon=True)
    told.start()
    try:
        yield
    finally:
        done.set()
        told.join()
        if time.monotonic() - began >= 1:
            print("\r" + " " * (len(what) + 10) + "\r", end="", file=sys.stderr, flush=True)
