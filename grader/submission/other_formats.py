"""Files that are no submission whatever their name says, known by their first bytes, and what to hand in instead."""

from __future__ import annotations

START = 512
"""So many first bytes are enough."""

EXPORT_ADVICE = "Hand in the notebook itself (.ipynb); in Jupyter: File > Save, or File > Download."
_UNPACK = "Unpack it, and hand in the notebook, script or notes in it."
_COMPRESSED = f"this is a compressed file. {_UNPACK}"
_PICTURE = f"this is a picture. {EXPORT_ADVICE}"
_FILM = f"this is a film or a photo from a phone. {EXPORT_ADVICE}"
_POINTER = (
    "this is a pointer of {}, which stands for a file that was not downloaded or uploaded with it. Get the file with "
    "`{}`, and hand in that; or hand it in without {}."
)

_SIGNATURES = {
    b"%PDF-": f"this is a PDF. {EXPORT_ADVICE}",
    b"PK\x03\x04": "this is an archive or an office document. Hand in the notebook (.ipynb), script or notes in it.",
    b"\xd0\xcf\x11\xe0": "this is an office document. Hand in the notebook (.ipynb), script or notes as plain text.",
    b"{\\rtf": "this is formatted text (RTF). Save it as plain text, and hand in that file.",
    b"\x1f\x8b": _COMPRESSED,
    b"7z\xbc\xaf\x27\x1c": _COMPRESSED,
    b"Rar!\x1a\x07": _COMPRESSED,
    b"\xfd7zXZ\x00": _COMPRESSED,
    b"\x28\xb5\x2f\xfd": _COMPRESSED,
    b"\x89PNG\r\n": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"GIF87a": _PICTURE,
    b"GIF89a": _PICTURE,
    b"II*\x00": _PICTURE,
    b"MM\x00*": _PICTURE,
    b"bplist00": f"this is a file of macOS, such as a link or a web archive. {EXPORT_ADVICE}",
    b"\x00\x05\x16\x07": "this is a file that macOS writes beside the real one. Hand in the one without `._`.",
    b"version https://git-lfs.github.com/spec/": _POINTER.format("Git LFS", "git lfs pull", "Git LFS"),
    b"/annex/objects/": _POINTER.format("git-annex", "git annex get", "git-annex"),
}
_LATER = {(4, b"ftyp"): _FILM, (8, b"WEBP"): _PICTURE, (257, b"ustar"): f"this is an archive (tar). {_UNPACK}"}


def other_format(raw: bytes) -> str | None:
    """What a file is that begins with these bytes, and what to do; None if it may be a submission."""
    start = raw[:START].removeprefix(b"\xef\xbb\xbf").lstrip()
    for signature, what in _SIGNATURES.items():
        if raw.startswith(signature) or start.startswith(signature):
            return what
    return next((what for (at, signature), what in _LATER.items() if raw.startswith(signature, at)), None)


def is_web_page(raw: bytes) -> bool:
    """Whether a file begins as HTML does: an export, or a page to log in that was saved in place of the file."""
    start = raw[:START].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html"))
