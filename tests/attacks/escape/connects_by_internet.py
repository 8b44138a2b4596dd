"""Connects to services of the host, of its network and of the world, and asks for names."""

import asyncio
import socket
import urllib.request

from target import TCP_PORT, UDP_PORT, refused

for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET, "0.0.0.0")):
    refused(socket.create_connection, (host, TCP_PORT), timeout=0.05)
    refused(lambda f, h: socket.socket(f, socket.SOCK_STREAM).connect((h, TCP_PORT)), family, host)
    refused(lambda f, h: socket.socket(f, socket.SOCK_DGRAM).sendto(b"hello", (h, UDP_PORT)), family, host)
    refused(lambda f, h: socket.socket(f, socket.SOCK_STREAM).bind((h, 0)), family, host)
refused(socket.create_server, ("", 0))
refused(socket.getaddrinfo, "example.com", 80)
refused(socket.gethostbyname, "example.com")
refused(urllib.request.urlopen, f"http://127.0.0.1:{TCP_PORT}", timeout=0.05)
refused(urllib.request.urlopen, "http://1.1.1.1", timeout=0.05)
refused(lambda: asyncio.run(asyncio.open_connection("127.0.0.1", TCP_PORT)))
