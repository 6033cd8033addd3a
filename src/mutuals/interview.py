"""The questions that “mutuals add” asks in a terminal for a new record: what it is, who says so, and why a cell is blank."""

from pathlib import Path

from mutuals import asking, entries
from mutuals.changes import Changes
from mutuals.commands import CommandError
from mutuals.findings import shown
from mutuals.proofs import Proof, prove, read_copy, record
from mutuals.schema import Column
from mutuals.tables import Table

NOT_ASKED = ("paragraphs", "sha256", "normaliser")  # of a source: its copy says them
REASONS = (("not_stated", "the sources do not say"), ("not_applicable", "there is nothing to state"), ("looked_not_found", "looked for"))


def _copy(question: str) -> bytes | None:
    """A copy of a source, from a file; None if there is none."""
    while path := asking.line(question):
        try:
            return read_copy(Path(path).expanduser())
        except CommandError as error:
            print(f"  {error}")
    return None


def _why(column: Column) -> entries.Gap:
    reason = asking.pick(f"Why is {column.title} blank?", list(REASONS), "not_stated")
    looked = (asking.line("Where was it looked for"), asking.line("When (a date)")) if reason == "looked_not_found" else ("", "")
    return (reason, *looked, "")


class Interview:
    """One new record, asked for cell by cell; `texts` are the copies of sources that were given."""

    def __init__(self, changes: Changes, table: Table) -> None:
        """Ask about a table."""
        self.changes, self.table, self.texts = changes, table, {}
        self.last = Proof("", "", "")

    def source(self) -> str:
        """The source of a cell: the last one, one that is looked up, or a new one, which is asked for first."""
        sources = self.changes.current.get("sources")
        if self.last.source and asking.line("Source (Enter for the same, or another)", self.last.source) == self.last.source:
            return self.last.source
        key = asking.record(sources, "Source: its key, a part of its title, or its address", "a new source", self._new_source)
        if key and key not in self.texts and (text := _copy("A file with its text, if you have one (Enter for none)")):
            self.texts[key] = text
        return key

    def _new_source(self, text: str) -> str:
        if self.table.name == "sources" or not asking.yes(f"Add {shown(text)} as a new source now?"):
            return ""
        inner = Interview(self.changes, self.changes.data.get("sources"))
        key = inner.ask(text)
        self.texts |= inner.texts
        return key

    def prove(self, key: str, column: Column) -> None:
        """Ask for the words that prove a cell until they do, or until nothing is answered."""
        while source := self.source():
            same = self.last.words if source == self.last.source else ""
            words = asking.line(f"  The words that say it, as printed ({'-' if same else 'Enter'} to leave it without)", same)
            if words in ("", "-"):
                return
            known = source in self.texts
            paragraph = "" if known else asking.line("  Paragraph (Enter to have it found)")
            self.last = Proof(column.name, source, words, paragraph)
            text = self.texts[source].decode("utf-8-sig") if known else None
            try:
                prove(self.changes, self.table.name, key, self.last, text, f"the copy of {source}")
                return
            except CommandError as error:
                print(f"  {error}")
                self.last = Proof(column.name, source, "")

    def ask(self, called: str = "") -> str:
        """Ask for all cells and collect the rows; the key, or blank if the record is there already."""
        table, schema, row = self.table, self.table.schema, dict.fromkeys(self.table.schema.header, "")
        name = next(n for n in ("name", "title", "statement", "text") if n in schema.by_name)
        row[name] = asking.cell(schema[name], self.changes.current, called)
        options = [(key, "the very same name" if same else "nearly the same name") for key, same in entries.alike(table, row)]
        if options and (key := asking.pick("Is it one of these, which are in the record?", options)):
            print(f"Then amend it: mutuals amend {table.name}/{key} COLUMN")
            return ""
        key = row[schema.key[0]] = asking.line("Key", entries.new_key(self.changes, table.name, row[name]))
        text = _copy("A file with the text of the source, paragraphs parted by blank lines") if table.name == "sources" else None
        if text:
            self.texts[key] = text
            entries.source_of(self.changes, row, text)
        self.changes.rows(table.name).append(row)
        for column in schema.columns:
            if column.states in ("key", "derived") or column.name in NOT_ASKED:
                continue
            if not row[column.name]:
                row[column.name] = asking.cell(column.of_row(row), self.changes.current)
            if row[column.name] and column.states == "fact":
                if text and not self.last.source:
                    self.last = Proof("", key, row[column.name])
                self.prove(key, column)
            elif column.expected and not row[column.name]:
                self.changes.rows("gaps").append(entries.gap(table.name, key, column.name, _why(column)))
        return key


def asked(changes: Changes, table: Table) -> bool:
    """Ask for a new record; whether there is one to be written."""
    print(f"{table.schema.title}: {table.schema.description}\nEnter leaves a cell blank, ? explains it, Ctrl-C ends without writing.\n")
    key = Interview(changes, table).ask()
    if not key or record(changes, table.name, key) is None:
        return False
    for column in entries.unproved(changes, table, key):
        print(f"Note: {column.name} has no evidence yet; the gate will say so.")
    return True
