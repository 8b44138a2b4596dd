"""Sends frames that say two things at once."""
# ends: crashed

from protocol import send

send(b'{"kind":"run_note","text":"one","kind":"end","outcome":"completed","outcome":"sandbox_error","text":"two"}')
