# Messages with file descriptors over a stream socket: what the host side and the agent talk through.
#
# A message is a pickled object of any size. Both ends are this harness, so pickle is no danger here.

import array
import pickle
import socket
import struct

HEADER = struct.Struct("!Q")
FDS_MAX = 8


class Hangup(Exception):
    """The other end is gone."""


def send(sock, message, fds=()):
    body = pickle.dumps(message)
    try:
        socket.send_fds(sock, [HEADER.pack(len(body))], fds)
        sock.sendall(body)
    except (BrokenPipeError, ConnectionResetError) as error:
        raise Hangup from error


def receive(sock):
    """Return (message, fds). The descriptors are close-on-exec."""
    try:
        # socket.recv_fds() ignores its flags, so that its descriptors would be inherited.
        header, ancillary, _flags, _address = sock.recvmsg(HEADER.size, socket.CMSG_SPACE(FDS_MAX * 4),
                                                           socket.MSG_CMSG_CLOEXEC | socket.MSG_WAITALL)
        if len(header) < HEADER.size:
            raise Hangup
        fds = array.array("i", b"".join(data for _level, _type, data in ancillary)).tolist()
        size, = HEADER.unpack(header)
        body = _read_exactly(sock, size)
    except ConnectionResetError as error:
        raise Hangup from error
    return pickle.loads(body), fds


def _read_exactly(sock, size):
    body = bytearray(size)
    view = memoryview(body)
    while view:
        count = sock.recv_into(view)
        if count == 0:
            raise Hangup
        view = view[count:]
    return bytes(body)
