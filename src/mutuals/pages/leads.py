"""The first sentence of a record's page: what it is, where, when it left and what became of it, built from its cells.

A blank cell leaves its part out, so no sentence says more than the tables. What sources print (services, questions)
stands in brackets or quotation marks, since it may be any run of words.
"""

from collections.abc import Callable

from markupsafe import Markup, escape

from mutuals.dates import bounds, is_date, spoken
from mutuals.pages.view import View
from mutuals.wording import listed, money, several, when

Record = dict[str, str]

# By the code of a status: what a sentence says of the body; True where it is a state that was seen, not an event.
STATUSES = {
    "announced": ("was still to come", True), "closing": ("was closing", True), "operating": ("was running", True),
    "blocked": ("was stopped", False), "closed": ("closed", False), "contract_ended": ("lost its main contract by notice", False),
    "ended": ("ended", False), "insolvent": ("became insolvent", False), "lost_bid": ("lost a contract to another body", False),
    "merged": ("joined with another body", False), "public_body": ("went to, or became, a public body", False),
    "returned_in_house": ("was taken back by the public body", False), "taken_over": ("was taken over by another body", False),
}  # fmt: skip
WAVES = {"1": "first", "2": "second"}
# By table and column that refer to a body: what the body does there, for one record and for several.
PARTS = {
    ("spin_outs", "organisation_id"): "the body of {}",
    ("spin_outs", "predecessor_organisation_ids"): "where {} came from",
    ("contracts", "buyer_organisation_id"): "the buyer in {}",
    ("contracts", "winner_organisation_id"): "the winner of {}",
    ("contracts", "loser_organisation_ids"): "a losing bidder for {}",
    ("pathfinders", "host_organisation_ids"): "the host of {}",
    ("pathfinders", "mentor_organisation_ids"): "a mentor to {}",
    ("programmes", "operator_organisation_ids"): "behind {}",
    ("quotes", "organisation_id"): "the speaker of {}",
    ("figures", "claimant_organisation_id"): "the body that states {}",
    ("events", "organisation_ids"): "part of {}",
}
# By kind of figure: what it is, and whether its date is that of what it counts; if not, that of those who look ahead.
FIGURES = {
    "count": ("A count", True), "effect": ("A claimed effect", True), "survey": ("A survey", True), "forecast": ("A forecast", False),
    "pipeline": ("What was on the way", False), "promise": ("A promise", False), "rhetoric": ("A figure of speech", False),
    "target": ("A target", False),
}  # fmt: skip
WORDS = {"fragment": "Part of a sentence", "term": "A term in quotation marks"}
NOUNS = {"spin_outs": "spin-out", "quotes": "quotation", "figures": "number"}


def joined(*parts: str | Markup) -> Markup:
    """The parts that are not blank, one after the other, as one sentence with its full stop."""
    text = Markup(" ").join(escape(part) for part in parts if part).replace(" ,", ",").replace(" ;", ";")
    return text if text.endswith((".", "?")) else text + "."


def bracketed(*parts: str) -> Markup:
    """What sources print, in brackets: “(youth services; Kensington and Chelsea)”; blank without any."""
    given = [part for part in parts if part]
    return Markup(" ({})").format("; ".join(given)) if given else Markup()


def _printed(cell: str) -> str:
    return listed(cell.split("; ")) if cell else ""


def _name(view: View, table: str, id: str, base: str) -> Markup:
    return view.link(table, id, base) if id else Markup()


def state(view: View, record: Record) -> str:
    """What became of a spin-out, as a clause after “it”: “was running when last told of, by 1 May 2012”."""
    words, seen = STATUSES.get(record["status_code"], (f"has the status “{view.label('statuses', record['status_code'])}”", True))
    date = record["status_date"]
    if not date:
        return words
    later = seen and is_date(date) and bounds(date)[0].year == 1
    return f"{words} when last told of, {spoken(date)}" if later else f"{words} {when(date)}"


def _spin_out(view: View, record: Record, base: str) -> Markup:
    head = escape(record["name"]) + bracketed(_printed(record["services"]), record["place"])
    basis = view.label("inclusion_bases", record["inclusion_basis_code"])
    if record["inclusion_code"] == "attempt":
        return joined(head, "tried to leave the public sector; it", state(view, record))
    left = "left the public sector" if record["inclusion_basis_code"] not in ("never_public", "not_left") else "began"
    first = (
        joined(head, left, when(record["left_date"]) + ";", "it", state(view, record))
        if record["left_date"]
        else joined(head, state(view, record))
    )
    return first if record["inclusion_code"] == "counted" else joined(first, f"It does not count as a mutual here: {basis}")


def _terms(record: Record) -> str:
    """What a contract is worth and how long it is, as a sentence goes on."""
    months = int(record["term_months"] or 0)
    length = several(months // 12, "year") if months and months % 12 == 0 else several(months, "month") if months else ""
    worth = f", worth {money(float(record['value_gbp']))}" if record["value_gbp"] else ""
    worth += f", at {money(float(record['yearly_gbp']))} a year" if record["yearly_gbp"] and not worth else ""
    worth += f"{' over' if record['value_gbp'] else ', for'} {length}" if length else ""
    start = f", starting {when(record['start_date'])}" if record["start_date"] else ""
    end = f", ending {when(record['end_date'])}" if record["end_date"] else ""
    return worth + start + end


def _contract(view: View, record: Record, base: str) -> Markup:
    outcome, side = record["outcome_code"], _name(view, "spin_outs", record["spin_out_id"], base)
    buyer = _name(view, "organisations", record["buyer_organisation_id"], base)
    winner = _name(view, "organisations", record["winner_organisation_id"], base)
    service, terms = bracketed(record["service"]), _terms(record)
    of = Markup(" of {}").format(buyer) if buyer else Markup()
    body = side or winner or Markup("a body that is not named")
    if outcome == "feared":
        rival = f"to {record['feared_rival']}" if record["feared_rival"] else ""
        voice = _name(view, "people", record["claimant_person_id"], base) or "An article"
        return joined(voice, Markup("fears that mutuals lose contracts{}").format(service), rival)
    if outcome in ("won", "renewed"):
        return joined(winner or body, Markup("{} a contract{}{}{}").format("got" if outcome == "won" else "kept", of, service, terms))
    if outcome in ("lost", "went_elsewhere"):
        to = Markup(" to {}").format(winner) if winner else Markup()
        if outcome == "lost":
            return joined(body, Markup("lost a contract{}{}{}{}").format(of, service, to, terms))
        return joined("After", body + ",", Markup("a contract{}{} went{}{}").format(of, service, to or " to another body", terms))
    buyer = buyer or Markup("The buyer")
    if outcome == "returned_in_house":
        # The start in such a row may be that of the contract or of the public body's own work.
        return joined(buyer, "took a service back", Markup("from {}{}").format(body, service), when(record["end_date"]))
    if outcome == "ended_by_buyer":
        return joined(buyer, Markup("ended a contract with {}{}{}").format(body, service, terms))
    return joined(body, Markup("gave up a contract{}{}{}").format(of, service, terms))


def _pathfinder(view: View, record: Record, base: str) -> Markup:
    head = escape(record["name"]) + bracketed(_printed(record["services"]), record["place"])
    wave = WAVES.get(record["wave"], record["wave"])
    named = f"was named a pathfinder of the {wave} wave {when(record['announced_date'])}".rstrip()
    form = view.label("forms", record["intended_form_code"]) if record["intended_form_code"] else ""
    named += f", to become a {form}" if form and form != "NHS trust" else f", to become an {form}" if form else ""
    body = view.data.get("spin_outs").by_key.get(record["spin_out_id"])
    if not body:
        return joined(head, named + "; what became of it is not known here")
    return joined(
        head, named + ";", Markup("of it came {}, which {}").format(view.link("spin_outs", body["spin_out_id"], base), state(view, body))
    )


def _programme(view: View, record: Record, base: str) -> Markup:
    owners = Markup(" and ").join(view.link("organisations", id, base) for id in record["operator_organisation_ids"].split("; ") if id)
    text = Markup("{} was a scheme{}").format(
        record["name"][:1].upper() + record["name"][1:], Markup(" of {}").format(owners) if owners else ""
    )
    text += f", begun {when(record['started_date'])}" if record["started_date"] else ""
    text += f" and ended {when(record['ended_date'])}" if record["ended_date"] else ""
    text += f"; it was given {money(float(record['value_gbp']))}" if record["value_gbp"] else ""
    return joined(text + (f"; it took {several(int(record['bodies']), 'body', 'bodies')}" if record["bodies"] else ""))


def _ballot(view: View, record: Record, base: str) -> Markup:
    kind = {"meeting": "At a meeting", "survey": "In a survey"}.get(record["kind_code"], "In a vote")
    staff = (
        Markup("staff of {}").format(view.link("organisations", record["organisation_id"], base)) if record["organisation_id"] else "staff"
    )
    question = f"were asked about “{record['question']}”" if record["question"] else "were asked"
    sides = (
        {"for": "for leaving", "against": "against leaving"}
        if record["subject_code"] == "leaving"
        else {"for": "content", "against": "against"}
    )
    shares = [f"{record[f'{side}_pct']}% were {sides[side]}" for side in ("for", "against") if record[f"{side}_pct"]]
    result = view.data.get("codes/ballot_results").by_key[record["result_code"]]["description"]
    first = joined(f"{kind} {when(record['date'])}".rstrip() + ",", staff, question + (f"; {listed(shares)}" if shares else ""))
    return first if shares else joined(first, result)


def _organisation(view: View, record: Record, base: str) -> Markup:
    kind = view.label("organisation_kinds", record["kind_code"])
    kind = {"unknown": "a body of a sort that is not told", "government": "part of the Government"}.get(
        record["kind_code"], f"{'an' if kind[0] in 'aeiou' or kind.startswith('NHS') else 'a'} {kind}"
    )
    first = f"is {kind}{' in ' + record['place'] if record['place'] else ''}"
    counts: dict[tuple[str, str], int] = {}
    for table, rows in view.mentions("organisations", record["organisation_id"]).items():
        for other, _ in rows:
            for name in (name for (of, name) in PARTS if of == table and record["organisation_id"] in other[name].split("; ")):
                counts[table, name] = counts.get((table, name), 0) + 1
    parts = [
        PARTS[place].format(several(counts[place], NOUNS.get(place[0], place[0].removesuffix("s")))) for place in PARTS if place in counts
    ]
    return joined(record["name"], first + ".", f"In this record it is {listed(parts)}" if parts else "")


def _person(view: View, record: Record, base: str) -> Markup:
    said = {table: len(rows) for table, rows in view.mentions("people", record["person_id"]).items()}
    there = [
        several(said[table], noun) for table, noun in (("quotes", "quotation"), ("figures", "number"), ("events", "event")) if table in said
    ]
    head = f"{record['name']}: {_printed(record['roles'])}." if record["roles"] else f"{record['name']}."
    return joined(head, f"The record has {listed(there)}" if there else "")


def _source(view: View, record: Record, base: str) -> Markup:
    kind = view.label("source_kinds", record["kind_code"]).capitalize()
    cited = sum(map(len, view.rests_on(record["source_id"]).values()))
    date = f", {spoken(record['date_published'])}" if record["date_published"] else ", without a date"
    seen = f"It was read {view.label('scopes', record['scope_code'])}" if record["scope_code"] else ""
    return joined(
        f"{kind}, {record['short_name']}{date}.", f"{seen}; {several(cited, 'record')} here rest{'s' if cited == 1 else ''} on it"
    )


def _told(view: View, table: str, record: Record, base: str) -> Markup:
    """The sources behind a record as a sentence names them: the first of them, and how many more."""
    id = record[next(iter(record))]
    columns = (view.data.evidence.get((table, id, column), []) for column in view.data.schemas[table].header)
    sources = list(dict.fromkeys(row["source_id"] for rows in columns for row in rows if row["relation"] != "contradicts"))
    if not sources:
        return Markup("no source that is named")
    more = f", and {several(len(sources) - 1, 'other source')}" if sources[1:] else ""
    return view.link("sources", sources[0], base, view.short_source(sources[0])) + more


def _event(view: View, record: Record, base: str) -> Markup:
    head = {"planned": "An event that was still to come,", "feared": "An event that was feared,"}.get(record["certainty_code"], "An event")
    kind = bracketed(view.label("event_kinds", record["kind_code"]))
    return joined(
        head, Markup("{}{},").format(when(record["date"]) or "without a date", kind), "told by", _told(view, "events", record, base)
    )


def _figure(view: View, record: Record, base: str) -> Markup:
    kind, seen = FIGURES.get(record["kind_code"], (f"A {view.label('figure_kinds', record['kind_code'])}", False))
    number = Markup(": {}").format(view.figure(record)) if record["value"] else " without a number"
    due = f", due {when(record['due_date'])}" if record["due_date"] else ""
    day = f"{'' if seen else ', as things looked'} {when(record['as_of_date'])}" if record["as_of_date"] else ""
    said = (
        _name(view, "people", record["claimant_person_id"], base)
        or _name(view, "organisations", record["claimant_organisation_id"], base)
        or (Markup("“{}”").format(record["claimant_described"]) if record["claimant_described"] else "")
    )
    source = view.link("sources", record["source_id"], base, view.short_source(record["source_id"]))
    by = Markup("Stated by {} in {}").format(said, source) if said else Markup("Stated in {}, in its own voice").format(source)
    return joined(Markup("{}{} (“{}”){}{}.").format(kind, number, record["scope"], due, day), by)


def _quote(view: View, record: Record, base: str) -> Markup:
    said = _name(view, "people", record["person_id"], base) or _name(view, "organisations", record["organisation_id"], base)
    speaker = Markup(" of {}{}").format(said, f", {record['role']}" if record["role"] else "") if said else Markup(", of no named speaker")
    date = f", said {when(record['said_date'])}" if record["said_date"][:1].isdigit() else ""
    source = view.link("sources", record["source_id"], base, view.short_source(record["source_id"]))
    what = WORDS.get(record["mode_code"], "Words")
    first = Markup("{}{}{}, printed in paragraph {} of {}.").format(what, speaker, date, record["paragraph"], source)
    return joined(first, f"Stance, in our reading: {view.label('stances', record['stance_code'])}")


LEADS: dict[str, Callable[[View, Record, str], Markup]] = {
    "spin_outs": _spin_out, "contracts": _contract, "pathfinders": _pathfinder, "programmes": _programme,
    "ballots": _ballot, "organisations": _organisation, "people": _person, "sources": _source,
    "events": _event, "figures": _figure, "quotes": _quote,
}  # fmt: skip


def lead(view: View, table: str, record: Record, base: str) -> Markup:
    """The first sentence of a record's page, with links; `base` leads to the root of the site."""
    return LEADS[table](view, record, base)
