"""Sends an end that took no number of seconds."""
# ends: completed, crashed

from protocol import send

send(b'{"kind":"end","outcome":"completed","detail":"","duration_s":NaN,"second_run":false}')
