"""HTML that runs in whoever shows it."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    '"><svg/onload=alert(3)>&lt;b&gt;</td></table><br>',
)
SHOWN = "<script>alert(1)<"


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "html")
