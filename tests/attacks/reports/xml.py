"""XML that ends its section, and entities that grow."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    "]]><failure/><![CDATA[",
    "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]>&b;&#x1b;",
)
SHOWN = "]]>"


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "xml")
