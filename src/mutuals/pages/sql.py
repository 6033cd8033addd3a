"""The page that asks the tables with SQL, in the reader's own browser: SQLite as a script, and the database beside it.

Both come as scripts, since a page that is opened from a folder may load nothing else, and only once the reader asks. The
engine is sql.js from npm, locked in .ci/package-lock.json and put into the environment by `make setup`. The database is
that of the download page without its full-text search, which this build of SQLite does not have.
"""

import base64
import gzip
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from mutuals.exports import sqlite
from mutuals.pages.download import size
from mutuals.pages.view import View

ENGINE = Path(sys.prefix) / "npm/node_modules/sql.js"
FOLDER = "sql"
FILES = {"engine.js": "dist/sql-wasm-inline.js", "LICENSE.txt": "LICENSE"}


def database(path: Path) -> bytes:
    """A database without its full-text search, compressed: the same bytes each time."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copyfile(path, Path(folder) / "copy.sqlite")
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            connection.execute("DROP TABLE search")
            connection.execute("VACUUM")
        return gzip.compress(copy.read_bytes(), 9, mtime=0)


def write(site: Path) -> int:
    """Put engine and tables below `site`, where the database is already; how many bytes the page loads when it is asked.

    Raises FileNotFoundError, with the remedy, where there is no engine.
    """
    if not ENGINE.is_dir():
        raise FileNotFoundError(f"there is no sql.js in {ENGINE}; “make setup” puts it there")
    (site / FOLDER).mkdir(exist_ok=True)
    for name, inside in FILES.items():
        shutil.copyfile(ENGINE / inside, site / FOLDER / name)
    text = base64.b64encode(database(site / sqlite.FILE)).decode()
    (site / FOLDER / "tables.js").write_text(f'window.spunTables = "{text}";\n', encoding="ascii", newline="\n")
    return sum((site / FOLDER / name).stat().st_size for name in ("engine.js", "tables.js"))


def pages(view: View) -> dict[str, tuple[str, dict[str, Any]]]:
    """The page, with the questions that have a view of their own."""
    tables = [table.name for table in view.data.facts]
    return {
        "sql": (
            "sql.html",
            {"questions": sqlite.questions(), "tables": tables, "file": sqlite.FILE, "size": size, "scripts": ["_static/sql.js"]},
        )
    }
