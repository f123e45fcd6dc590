"""/tmp and /dev/shm cannot be written to."""

import ctypes
import os
from multiprocessing import get_context

from say import say

CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
MS_RDONLY, MS_REC, MS_PRIVATE = 0x1, 0x4000, 0x40000


def without_named_files():
    """In a mount namespace of this process alone, as in the counterpart."""
    libc = ctypes.CDLL(None, use_errno=True)

    def call(result):
        if result != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    call(libc.unshare(CLONE_NEWNS) and libc.unshare(CLONE_NEWNS | CLONE_NEWUSER))
    call(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    for folder in (b"/tmp", b"/dev/shm"):
        call(libc.mount(b"none", folder, b"tmpfs", MS_RDONLY, None))


if __name__ == "__main__":
    fork = get_context("fork")
    fork.Queue()  # all that has to be imported is
    without_named_files()
    try:
        fork.Queue()
        say("a queue works", "キューは動く")
    except OSError as error:
        say(f"no queue: {error.strerror}", f"キューを作れない: {error.strerror}")
