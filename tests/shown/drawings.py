"""Digits drawn by hand, as lists of strokes, and how to make them larger, smaller or move them."""

import json
from pathlib import Path

DRAWINGS = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))["drawings"]


def scaled(strokes, factor, *, right=0.0, down=0.0):
    return [[(factor * x + right, factor * y + down) for x, y in stroke] for stroke in strokes]
