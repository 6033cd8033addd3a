"""Cells that try to run in a page, put into every column of every table; and what a page holds that only such a cell brings.

A payload that runs sets `window.__pwned`. Cells are spoilt in memory, after the tables were read, so that nothing of the
gate or of the canonical bytes stands between them and the pages.
"""

from collections.abc import Callable
from itertools import count

from playwright.sync_api import Page

from mutuals.pages.view import View
from mutuals.schema import Column
from mutuals.tables import Table

# By what a cell that holds them would have to be put into to run.
PAYLOADS = (
    "</script><script>__pwned=1</script>",
    "<img src=x onerror=__pwned=1>",
    '" onmouseover="__pwned=1" autofocus onfocus="__pwned=1',
    "' onmouseover='__pwned=1' x='",
    "javascript:__pwned=1",
    "<svg onload=__pwned=1>",
    "x --><script>__pwned=1</script>",
    "]]><script>__pwned=1</script>",
    "</title></style></textarea></noscript><script>__pwned=1</script>",
    "<a href=data:text/html,<script>__pwned=1</script>>x</a>",
    "[x](javascript:__pwned=1)",
    "{{ 7 * 7 }}{% raw %}{%",
    "${__pwned=1}`+(__pwned=1)+`",
    "'+(__pwned=1)+'\\",
    "\\');__pwned=1;//",
)
# What the canonical bytes refuse, and a script or a reader could take for something else.
ODD = "\u2028__pwned=1\u2029\u202e<script>__pwned=1</script>\u200b\u0000"
# A key or a code becomes a part of an address and of a file's name, and a slash in a date parts two days: there it may hold none.
KEY = "javascript:__pwned=1&quot;\"'><img src=x onerror=__pwned=1>"
URL = 'https://example.org/"onmouseover="__pwned=1"><img src=x onerror=__pwned=1>'

# Code lists whose codes pages know by name; with other codes their build stops.
KNOWN = ("bounds", "quote_modes", "stances")
# Code lists whose labels chapters know by name; with other labels a chapter stops.
NAMED = ("areas", "stages", "stances")
# Names of tables and columns, by which cells are found.
PLACES = ("table", "column")


class Cells:
    """Makes cells: each holds all payloads, in turn another one first, and something that tells it from the others."""

    def __init__(self, odd: bool = True) -> None:
        self.number = count()
        self.odd = odd

    def __call__(self, old: str) -> str:
        """A hostile cell in the place of another."""
        number = next(self.number)
        turn = number % len(PAYLOADS)
        return " ".join([*PAYLOADS[turn:], *PAYLOADS[:turn], *([ODD] if self.odd else []), f"{old} {number}"])


def _repeats(view: View, table: Table, row: dict[str, str], column: Column) -> Column:
    """The column whose cell stands in a cell: evidence repeats that of another table."""
    if table.kind == "evidence" and column.name == "value":
        return view.data.schemas[table.subject][row["column"]]
    return column


def spoil(view: View, keys: bool = False, legal: bool = False) -> None:
    """Make every text hostile, and with `keys` each key, code and date wherever it stands. The tables must not have been asked anything yet.

    With the numbers of the tables of facts pages compute: anything else there stops the build, so those stay. Where it is to be
    `legal`, as for notebooks that read the files themselves, all numbers stay, and characters that the bytes may not hold.
    """
    names = {
        row[table.schema.key[0]] for table in view.data.tables.values() if table.schema.columns[0].states == "key" for row in table.records
    }
    names |= {row["row_id"] for row in view.data.get("tombstones").records}
    make, facts = Cells(odd=not legal), {table.kind for table in view.data.facts}

    def cell(column: Column, codes: str, shown: bool, old: str) -> str:
        if column.name == "url":
            return URL + old
        if "date" in column.name:
            return KEY + old if keys else old
        if column.type != "string":
            return make(old) if shown else old
        if codes:
            return KEY + old if keys and codes not in KNOWN else old
        if old in names or column.refers_to:
            return KEY + old if keys else old
        return make(old)

    for table in view.data.tables.values():
        for row in table.records if table.kind != "fingerprints" and not (legal and table.subject in NAMED) else ():
            columns = [(column.name, _repeats(view, table, row, column)) for column in table.schema.columns if column.name not in PLACES]
            for name, column in columns:
                codes = table.subject if table.kind == "codes" and name in ("code", "broader") else column.codes
                shown = table.kind not in facts and name != "value" and not legal
                row[name] = "; ".join(cell(column, codes, shown, old) for old in column.items(row[name]))


# What a page is made of, as a browser's own parser sees it: its elements, their attributes, and the schemes of its addresses.
KINDS = """(pages) => pages.map((text) => {
    const found = new Set(), page = new DOMParser().parseFromString(text, "text/html");
    const scheme = (value) => (/^[\\s\\x00-\\x1f]*([a-z][a-z0-9+.\\-\\s]*):/i.exec(value) || ["", "none"])[1].toLowerCase();
    const json = (text) => { try { return typeof JSON.parse(text); } catch { return "broken"; } };
    const walk = (root) => {
        for (const element of root.querySelectorAll("*")) {
            const tag = element.localName;
            found.add(tag);
            for (const { name, value } of element.attributes) {
                found.add(`${name.startsWith("data-") ? "*" : tag}@${name}`); // what scripts read does nothing by itself, wherever it stands
                if (/^(href|src|action|formaction|data|srcset|poster|xlink:href|background|cite|ping)$/.test(name)) found.add(`${tag}@${name}=${scheme(value)}:`);
                if (tag === "script" && name === "src") found.add(`script ${value.replace(/^(\\.\\.\\/)*/, "")}`);
                if (tag === "meta" && /^(http-equiv|name)$/.test(name)) found.add(`meta ${value}`);
            }
            if (tag === "script" && !element.src) found.add(`script of type ${element.type}, ${element.type.endsWith("json") ? json(element.text) : "run"}`);
            if (tag === "style" || element.hasAttribute("style")) found.add("style " + (/url|expression|@import/i.test(element.textContent + element.getAttribute("style")) ? "that fetches" : "plain"));
            if (tag === "template") walk(element.content);
        }
    };
    walk(page);
    return [...found].sort();
})"""


def kinds(page: Page, texts: list[str]) -> list[set[str]]:
    """What each of these pages is made of."""
    return [set(found) for found in page.evaluate(KINDS, texts)]


def foreign(page: Page, clean: dict[str, list[str]], spoilt: dict[str, list[str]]) -> list[str]:
    """What pages hold that no clean page of the same template holds; both by template."""
    found = []
    for template, texts in spoilt.items():
        usual = set().union(*kinds(page, clean[template]))
        found += [f"{template}: {kind}" for made in kinds(page, texts) for kind in sorted(made - usual)]
    return list(dict.fromkeys(found))


def watched(page: Page, allowed: Callable[[str], bool]) -> list[str]:
    """A list that fills with all that a payload does in this tab when it runs; `allowed` says of an address that the site asks for it."""
    found: list[str] = []
    page.add_init_script(
        "window.__pwned = 0; Object.defineProperty(window, '__pwned', { set() { console.error('a payload ran'); }, get: () => 0 });"
    )
    page.on("console", lambda message: found.append(f"{page.url}: {message.text}") if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error.message}"))
    page.on("dialog", lambda dialog: (found.append(f"{page.url}: a dialog"), dialog.dismiss()))
    page.on("request", lambda request: None if allowed(request.url) else found.append(f"{page.url}: asks for {request.url}"))
    return found
