"""Runs a program at a terminal, and types for the person who sits there. Needs Python's own modules only.

First argument: {"argv", "env", "cwd", "columns", "rows", "seconds", "answers": [[pattern, text, act], ...]}. Each text is typed once its
pattern is on the screen, after what the pattern before it matched. `act`, where there is one, is done before: {"columns"} makes the
window that wide, {"file", "from", "to"} replaces text in a file, as somebody elsewhere would. Where the text is null, what was written
so far goes to stdout as a line of JSON, {"raw"}, and the text is read from stdin, as another one.
stdout: {"code", "signal", "raw", "lines", "answered"}.
"""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

asked = json.loads(sys.argv[1])
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[=>78]|\r|\x07")
WIPED = re.compile(r"\x1b\[[012]?K")

pid, terminal = pty.fork()
if pid == 0:
    os.chdir(asked["cwd"])
    os.execve(asked["argv"][0], asked["argv"], asked["env"])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", asked["rows"], asked["columns"], 0, 0))


def perform(act):
    if "columns" in act:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", asked["rows"], act["columns"], 0, 0))
    else:
        with open(os.path.join(asked["cwd"], act["file"]), encoding="utf-8") as file:
            held = file.read()
        with open(os.path.join(asked["cwd"], act["file"]), "w", encoding="utf-8") as file:
            file.write(held.replace(act["from"], act["to"]))


raw = b""
seen = 0
answers = list(asked["answers"])
answered = 0
deadline = time.monotonic() + asked["seconds"]
while True:
    if time.monotonic() > deadline:
        os.kill(pid, signal.SIGKILL)
    ready, _, _ = select.select([terminal], [], [], 0.1)
    if not ready:
        continue
    try:
        got = os.read(terminal, 65536)
    except OSError:
        # Linux says that nobody has the terminal open any more by an error.
        got = b""
    if got == b"":
        break
    raw += got
    screen = CONTROL.sub("", raw.decode(errors="replace"))
    while answered < len(answers):
        pattern, text, *act = answers[answered]
        found = re.compile(pattern).search(screen, seen)
        if found is None:
            break
        seen = found.end()
        answered += 1
        if act:
            perform(act[0])
        if text is None:
            print(json.dumps({"raw": raw.decode(errors="replace")}), flush=True)
            text = json.loads(sys.stdin.readline())
        os.write(terminal, text.encode())

_, status = os.waitpid(pid, 0)
json.dump(
    {
        "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "signal": signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else None,
        "raw": raw.decode(errors="replace"),
        # What is left of a line that was wiped and written again is its last version.
        "lines": [CONTROL.sub("", WIPED.split(line)[-1]) for line in raw.decode(errors="replace").split("\n")],
        "answered": answered,
    },
    sys.stdout,
)
