"""Sends numbers of millions of digits."""
# ends: completed, crashed

from protocol import send

place = b'{"cell":0,"line":1,"statement":' + b"9" * 3_900_000 + b"}"
send(b'{"kind":"output","place":' + place + b',"stream":"stdout","text":"x"}')
send(b'{"kind":"output","place":{"cell":0,"line":1,"statement":1e999999},"stream":"stdout","text":"x"}')
