"""Run every notebook again and keep its outputs, after the data or the notebook changed."""

import argparse
import time

from mutuals.commands import CommandError


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("names", nargs="*", help="notebooks to run, by their file names without ending; all by default")


def run(arguments: argparse.Namespace) -> int:
    """Execute each notebook in the repository's root and write it back with nothing that changes from run to run."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    paths = sorted((arguments.root / "notebooks").glob("*.ipynb"))
    for path in [p for p in paths if not arguments.names or p.stem in arguments.names]:
        begun = time.monotonic()
        notebook = nbformat.read(path, as_version=4)
        try:
            NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}, record_timing=False).execute()
        except CellExecutionError as error:
            raise CommandError(f"{path.name} does not run: {error.ename}: {error.evalue}") from error
        notebook.metadata = {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        }
        nbformat.write(notebook, path)
        print(f"notebooks/{path.name}: {time.monotonic() - begun:.1f} s")
    return 0
