"""Write the data map into docs/privacy.md, below its heading."""

from pathlib import Path

from app.records import holdings

DOCS = Path(__file__).parents[2] / "docs" / "privacy.md"
HEADING = "## The map\n\n"

if __name__ == "__main__":
    kept = DOCS.read_text(encoding="utf-8").partition(HEADING)[0]
    DOCS.write_text(kept + HEADING + holdings.written(), encoding="utf-8")
