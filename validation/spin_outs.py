"""Spin-outs: whether a body counts, and by which definition, agree."""

from collections.abc import Iterator

from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.rules import rule
from mutuals.tables import Dataset, Table

# The bases on which a body may be what inclusion_code says; all others are bases on which it counts.
BASES = {"attempt": {"not_left"}, "neighbour": {"not_staff_run", "never_public", "counted_elsewhere"}}


@rule(
    "spin-outs.basis",
    "spin_outs",
    "A body counts by a definition; an attempt did not leave; a neighbour is not run by its staff or was never public.",
    "correct inclusion_code or inclusion_basis_code",
    sees="row",
)
def basis(table: Table, data: Dataset) -> Iterator[Fault]:
    """A body that counts by a reason for not counting, or the other way round."""
    others = set().union(*BASES.values())
    for line, row in table.numbered:
        code = row["inclusion_basis_code"]
        if code in BASES.get(row["inclusion_code"], {code} - others):
            continue
        if code in data.get("codes/inclusion_bases").by_key and row["inclusion_code"] in data.get("codes/inclusions").by_key:
            wanted = f"a basis on which a body is {shown(row['inclusion_code'])}"
            yield Fault("spin-outs.basis", line, "inclusion_basis_code", shown(code), wanted, row["spin_out_id"])
