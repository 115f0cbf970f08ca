"""Write the data map into docs/privacy.md, and the table of times into docs/operating.md."""

from pathlib import Path

from app.records import holdings, retention

DOCS = Path(__file__).parents[2] / "docs"
HEADING = "## The map\n\n"
TIMES = "(`app/records/retention.py`):\n\n"


def _write(name: str, before: str, table: str) -> None:
    """Put a table where one stands, after these words."""
    text, _, rest = (DOCS / name).read_text(encoding="utf-8").partition(before)
    lines = rest.splitlines(keepends=True)
    after = next((place for place, line in enumerate(lines) if not line.startswith("|")), len(lines))
    (DOCS / name).write_text(text + before + table + "".join(lines[after:]), encoding="utf-8")


if __name__ == "__main__":
    _write("privacy.md", HEADING, holdings.written())
    _write("operating.md", TIMES, retention.written())
