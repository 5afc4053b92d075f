"""Makes the virtual environment of the emulator tests: build_environment.py FOLDER REQUIREMENTS CONSTRAINTS

A virtual environment cannot be moved, so it is built in place and counts only once the file READY is there. The kernel's
file lock lets concurrent runs wait for the one that builds, and vanishes with a run that dies.
"""

import os
import pathlib
import shutil
import subprocess
import sys

NO_ENSUREPIP = 3
"""Exit code: this Python cannot make environments with pip in them (Debian and Ubuntu ship that apart)."""


def hold_lock(path: pathlib.Path):
    lock = path.open("a")
    try:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX)
    except ImportError:
        import msvcrt

        msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
    return lock


def build(folder: pathlib.Path, requirements: str, constraints: str) -> int:
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        return NO_ENSUREPIP
    shutil.rmtree(folder, ignore_errors=True)
    venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(folder)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [python, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "--requirement", requirements, "--constraint", constraints])
    return done.returncode and 1


def main(folder: pathlib.Path, requirements: str, constraints: str) -> int:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with hold_lock(folder.with_name(folder.name + ".lock")):
        ready = folder / "READY"
        if ready.exists():
            return 0
        code = build(folder, requirements, constraints)
        if code == 0:
            ready.write_text("complete\n")
        return code


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
