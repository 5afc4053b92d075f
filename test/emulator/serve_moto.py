"""Serves moto on a free loopback port until standard input closes.

The operating system closes that pipe when the test run ends in any way at all, so no server outlives it.
"""

import os
import sys
import threading

from moto.server import main


def leave_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=leave_with_parent, daemon=True).start()
main(["-H", "127.0.0.1", "-p", "0"])
