"""Chapters: which tables a notebook reads, whether these or its code changed since it was run, and running it again."""

import ast
import asyncio
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager

KEPT = "_build/chapters.json"


class ChapterError(Exception):
    """A notebook that does not run; the message names it and what is wrong."""


def paths(root: Path) -> list[Path]:
    """The notebooks."""
    return sorted((root / "notebooks").glob("*.ipynb"))


def code(path: Path) -> list[str]:
    """The code cells of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def _tables(source: str) -> Iterator[str]:
    """The tables that code names in `load(…)`, and CSV files by their path; “sources” where it cites; “*” where a name is computed."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and str(node.value).endswith(".csv"):
            yield str(node.value)
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if name == "load":
            named = node.args and isinstance(node.args[0], ast.Constant)
            yield str(node.args[0].value) if named else "*"
        elif name == "cited":
            yield "sources"


def reads(path: Path, root: Path) -> list[Path]:
    """The data files that a notebook's outputs may come from."""
    names = {name for source in code(path) for name in _tables(source)}
    named = (root / (name if name.endswith(".csv") else f"data/{name}.csv") for name in names)
    files = (root / "data").rglob("*.csv") if "*" in names else named
    return sorted(file for file in files if file.is_file())


def states(root: Path) -> dict[Path, str]:
    """Of each notebook a digest of all that decides its outputs: its code, what it reads, the schemas and this package.

    Raises ChapterError for one that cannot be read.
    """
    package = [file for file in Path(__file__).parent.rglob("*.py") if "commands" not in file.parts and "pages" not in file.parts]
    common = hashlib.sha256()
    for file in [*sorted((root / "schemas").glob("*.json")), *sorted(package)]:
        common.update(file.name.encode() + file.read_bytes())
    found = {}
    for path in paths(root):
        digest = common.copy()
        try:
            digest.update("\0".join(code(path)).encode())
            read = reads(path, root)
        except (ValueError, KeyError, SyntaxError) as error:
            raise ChapterError(f"{path.name} cannot be read: {error}") from error
        for file in read:
            digest.update(file.name.encode() + file.read_bytes())
        found[path] = digest.hexdigest()
    return found


def _kept(root: Path) -> dict[str, str]:
    file = root / KEPT
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def stale(root: Path) -> dict[Path, str]:
    """The notebooks that were not run since their code or what they read changed, as far as this machine knows, with their states."""
    kept = _kept(root)
    return {path: state for path, state in states(root).items() if kept.get(path.name) != state}


def keep(root: Path, ran: dict[Path, str]) -> None:
    """Remember that these notebooks say what their data said in these states, which were taken before they ran."""
    file = root / KEPT
    file.parent.mkdir(parents=True, exist_ok=True)
    known = _kept(root) | {path.name: state for path, state in ran.items()}
    file.write_text(json.dumps(known, indent=1, sort_keys=True), encoding="utf-8")


def run(path: Path, kernel: "AsyncKernelManager | None" = None, first: str = "") -> None:
    """Execute a notebook in its folder and write it back with nothing that changes from run to run.

    `first` is code to run before it, in the same kernel.
    Raises ChapterError; also, with the file left as it is, where the notebook was saved while it ran.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from nbformat.v4 import new_code_cell

    saved = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(saved, as_version=4)
    before = [new_code_cell(first)] if first else []
    notebook.cells = [*before, *notebook.cells]
    try:
        resources = {"metadata": {"path": str(path.parent)}}
        options = {"resources": resources, "record_timing": False, "extra_arguments": ["--log-level=ERROR"]}
        NotebookClient(notebook, km=kernel, timeout=120, **options).execute()
    except CellExecutionError as error:
        raise ChapterError(f"{path.name} does not run: {error.ename}: {error.evalue}") from error
    except DeadKernelError as error:
        raise ChapterError(f"{path.name} does not run: its process ended") from error
    notebook.cells = notebook.cells[len(before) :]
    for number, cell in enumerate((c for c in notebook.cells if c.cell_type == "code" and c.source.strip()), 1):
        cell.execution_count = number
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    if path.read_text(encoding="utf-8") != saved:
        raise ChapterError(f"{path.name} was saved while it ran: run it again")
    nbformat.write(notebook, path)


class Warm:
    """Runs notebooks one after another in one process that stays, since a new one spends most of its time on imports.

    Before each, names, output numbers, options of display and our own modules are as in a new one. What could still
    differ would not be published: the build runs every notebook afresh and compares.
    """

    RESET = """import sys, pandas
pandas.reset_option("^display")
for name in [name for name in sys.modules if name.partition(".")[0] == "mutuals"]: del sys.modules[name]
get_ipython().reset(new_session=True)
"""
    QUIET = ("--HistoryManager.hist_file=:memory:", "--log-level=ERROR")

    def __init__(self, folder: Path) -> None:
        from jupyter_client.manager import AsyncKernelManager

        self.kernel = AsyncKernelManager(kernel_name="python3")
        asyncio.run(self.kernel.start_kernel(cwd=str(folder), extra_arguments=[*self.QUIET]))

    def run(self, path: Path) -> None:
        """Execute a notebook, as `run` does."""
        run(path, self.kernel, self.RESET)

    def close(self) -> None:
        """End the process."""
        asyncio.run(self.kernel.shutdown_kernel(now=True))
