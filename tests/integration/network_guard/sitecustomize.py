# ruff: noqa: INP001, PTH123 - found by its place on the path, and loaded before anything else
"""Put on PYTHONPATH, this notes every attempt of a Python process to reach beyond the machine, and refuses it."""

import os
import socket
import sys

_LOG = os.environ["SHOUWANG_NETWORK_LOG"]
_connect, _lookup = socket.socket.connect, socket.getaddrinfo
_HERE = ("127.0.0.1", "::1", "localhost", None, "")


def _note(target):
    with open(_LOG, "a", encoding="utf-8") as log:
        log.write(f"{sys.argv[:1]} {target}\n")


def _guarded_connect(self, address):
    if self.family != socket.AF_UNIX and address[0] not in _HERE:
        _note(address)
        raise OSError("no network in this test")
    return _connect(self, address)


def _guarded_lookup(host, *arguments, **options):
    if host not in _HERE:
        _note(host)
        raise socket.gaierror("no network in this test")
    return _lookup(host, *arguments, **options)


socket.socket.connect = _guarded_connect
socket.getaddrinfo = _guarded_lookup
