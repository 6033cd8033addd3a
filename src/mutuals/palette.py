"""The colours of the pictures, and what each becomes on a dark page.

Blue, vermilion and green are Okabe and Ito's, told apart with every common kind of colour blindness; amber and plum are
their orange and reddish purple, darkened until they stand out from white by 3 to 1. Whatever carries meaning keeps that
ratio on both pages, text 4.5 to 1 (tests/test_palette.py); no colour is the only sign of anything.
"""

BLUE, VERMILION, GREEN, AMBER, PLUM = "#0072B2", "#D55E00", "#009E73", "#A86F00", "#9B4A78"
INK, MUTED, CONTEXT, RULE = "#222222", "#5a5a5a", "#8c8c8c", "#dddddd"
PAPER, NIGHT = "#ffffff", "#14181b"

HUES = (BLUE, VERMILION, GREEN, AMBER, PLUM)
DARK = {
    INK: "#ececec", MUTED: "#b9bcbf", CONTEXT: "#868b90", RULE: "#343a3f", PAPER: NIGHT,
    BLUE: "#56B4E9", VERMILION: "#f0823a", GREEN: "#2bc79a", AMBER: "#f0b83f", PLUM: "#dd93bd",
}  # fmt: skip


def dark_rules() -> str:
    """The style rules that give each colour of a picture its counterpart, by way of one custom property each."""
    lines = []
    for light in DARK:
        name = f"var(--spun-figure-{light[1:].lower()}, {light})"
        lines += [f'.spun-figure svg [{part}="{light}"] {{ {part}: {name}; }}' for part in ("fill", "stroke")]
    return "\n".join(lines) + "\n"


def dark_values() -> str:
    """The counterparts as custom properties, for a dark page."""
    return " ".join(f"--spun-figure-{light[1:].lower()}: {dark};" for light, dark in DARK.items())
