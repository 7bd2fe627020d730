"""What every golden file needs: where it goes and how numbers are written."""

import json
from pathlib import Path

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


def floats(values):
    """Nested lists of Python numbers, which json writes with every digit they have."""
    return values.tolist()


def write(name, content):
    path = GOLDEN / name
    beside = path.with_suffix(".json.new")
    beside.write_text(json.dumps(content, separators=(",", ":"), allow_nan=False) + "\n")
    beside.replace(path)
    print(f"{name}: {path.stat().st_size / 1000:.0f} kB")
