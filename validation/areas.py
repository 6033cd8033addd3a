"""Areas: a place and its GSS code name the same area."""

import re
from collections.abc import Iterator

from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.rules import rule
from mutuals.tables import Dataset, Table


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{4,}|[a-z]{3}$", text.lower()))


@rule(
    "areas.place",
    "facts",
    "The area of a GSS code is named by the place, the body that the services left, or the note.",
    "correct gss_code, or the place with its evidence",
    sees="row",
)
def place(table: Table, data: Dataset) -> Iterator[Fault]:
    """A code of another place."""
    areas, bodies = data.get("codes/areas").by_key, data.get("organisations").by_key
    for line, row in table.numbered if "gss_code" in table.schema.header else []:
        area, ids = areas.get(row["gss_code"]), row.get("predecessor_organisation_ids", "").split("; ")
        named = " ".join([row["place"], row["name"], row["note"], *(bodies[one]["name"] for one in ids if one in bodies)])
        if area and not _words(area["label"]) & _words(named):
            wanted = f"the code of {shown(row['place'])}"
            found = f"{shown(row['gss_code'])}, {area['label']}"
            yield Fault("areas.place", line, "gss_code", found, wanted, row[table.schema.key[0]])
