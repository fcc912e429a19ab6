"""On PYTHONPATH, what Python imports first: no socket but to a file of this machine, and each try is written down."""

import os
import socket


def guarded(call):
    def guard(*arguments, **options):
        address = arguments[-1] if isinstance(arguments[0], socket.socket) else arguments[0]
        unix = isinstance(arguments[0], socket.socket) and arguments[0].family == socket.AF_UNIX
        with open(os.environ["CALLS"], "a") as file:
            file.write(f"{'here' if unix else 'out'} {call.__name__} {address!r}\n")
        if not unix:
            raise OSError("no network here")
        return call(*arguments, **options)

    return guard


class Guarded(socket.socket):
    connect = guarded(socket.socket.connect)
    connect_ex = guarded(socket.socket.connect_ex)
    sendto = guarded(socket.socket.sendto)


socket.socket = Guarded
socket.getaddrinfo = guarded(socket.getaddrinfo)
socket.gethostbyname = guarded(socket.gethostbyname)
