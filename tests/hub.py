"""GitHub as the tests see it: answers that are recorded in tests/events, and the requests that were made."""

import json
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).parent / "events"
REPOSITORY = "spun-out/public-service-mutuals"


def recorded(name: str) -> Any:
    """A recorded event or answer."""
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


class Hub:
    """Answers GET requests from what it was given, by the end of the path before the question mark; keeps all others."""

    def __init__(self, **lists: list[Any]) -> None:
        self.lists = {"pulls": recorded("pulls"), "files": recorded("files"), "comments": [], "notes": [], "issues": []} | lists
        self.asked: list[str] = []
        self.sent: list[tuple[str, str, dict[str, Any]]] = []

    def __call__(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        if method != "GET":
            self.sent.append((method, path, body or {}))
            return {"number": 5}
        self.asked.append(path)
        bare, _, question = path.partition("?")
        name = bare.rpartition("/")[2]
        name = "notes" if name == "comments" and "/pulls/" in bare else name
        page, size = (int(dict(part.split("=") for part in question.split("&"))[key]) for key in ("page", "per_page"))
        return self.lists[name][(page - 1) * size : page * size]
