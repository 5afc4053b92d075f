"""The constraints a service model states for an input: required members, patterns, lengths, ranges, enums."""

import functools
import re
import sys
import unicodedata
from typing import Any

from wire_request import UNREADABLE, Report, join

SECRET = re.compile(r"password|secret|authenticationcode|token|seed|otp", re.IGNORECASE)


def check(model: dict[str, Any], ref: dict[str, Any], value: Any, path: str, report: Report, secret: bool = False) -> None:
    """Reports every constraint that the value breaks; a secret's value is never part of a message."""
    if value is UNREADABLE:
        return
    shape = model["shapes"][ref["shape"]]
    secret = secret or bool(shape.get("sensitive")) or SECRET.search(path) is not None
    kind = shape["type"]
    if kind == "structure":
        check_structure(model, shape, value, path, report, secret)
    elif kind == "list":
        check_size(shape, len(value), "entries", path, report)
        for n, item in enumerate(value):
            check(model, shape["member"], item, f"{path}[{n}]", report, secret)
    elif kind == "map":
        check_size(shape, len(value), "entries", path, report)
        for key, item in value.items():
            check(model, shape["key"], key, join(path, "(key)"), report, secret)
            check(model, shape["value"], item, join(path, str(key)), report, secret)
    elif kind == "string":
        check_size(shape, len(value), "characters", path, report)
        check_text(shape, value, path, report, secret)
    elif kind == "blob":
        check_size(shape, len(value), "bytes", path, report)
    elif kind in ("integer", "long", "float", "double"):
        check_range(shape, value, path, report, secret)


def check_structure(model, shape, value, path, report, secret):
    for name in shape.get("required", []):
        if name not in value:
            report(join(path, name), "required", "is missing")
    if shape.get("union") and len(value) != 1:
        report(path, "union", f"has {len(value)} members, not one")
    for name, item in value.items():
        check(model, shape["members"][name], item, join(path, name), report, secret)


def check_size(shape, size: int, unit: str, path: str, report: Report) -> None:
    if size < shape.get("min", 0):
        report(path, "min-size", f"has {size} {unit}, fewer than {shape['min']}")
    if size > shape.get("max", size):
        report(path, "max-size", f"has {size} {unit}, more than {shape['max']}")


def check_range(shape, number, path, report, secret):
    shown = "the number" if secret else number
    if number < shape.get("min", number):
        report(path, "min-value", f"{shown} is below {shape['min']}")
    if number > shape.get("max", number):
        report(path, "max-value", f"{shown} is above {shape['max']}")


def check_text(shape, text, path, report, secret):
    shown = "the value" if secret else repr(text[:60])
    if "enum" in shape and text not in shape["enum"]:
        report(path, "enum", f"{shown} is none of {', '.join(shape['enum'][:12])}")
    if "pattern" not in shape:
        return
    try:
        pattern = compiled(shape["pattern"])
    except re.error as error:
        # An unread pattern must not count as a kept one.
        report(path, "unreadable-pattern", f"{shape['pattern']}: {error}")
        return
    if not pattern.fullmatch(text):
        report(path, "pattern", f"{shown} does not match {shape['pattern']}")


@functools.lru_cache(maxsize=None)
def compiled(pattern: str) -> re.Pattern[str]:
    """The model's patterns are Java's: \\w, \\d and \\s mean ASCII, \\p{L} names a Unicode category, and (?i) may stand anywhere."""
    translated = re.sub(r"\\p\{(\w)\}", lambda found: category(found[1]), pattern)
    return re.compile(scope_flags(translated), re.ASCII)


def scope_flags(pattern: str) -> str:
    """`A|(?i)B` -> `A|(?i:B)`: Java's flag holds to the end of its group, Python takes it at the very start only."""
    found = re.search(r"(?<=[|(])\(\?([ims]+)\)", pattern)
    if found is None:
        return pattern
    depth, end = 0, found.end()
    while end < len(pattern):
        if pattern[end] == "\\":
            end += 2
            continue
        if pattern[end] == "[":
            raise re.error("a character class behind a flag inside a pattern is not supported")
        depth += {"(": 1, ")": -1}.get(pattern[end], 0)
        if depth < 0:
            break
        end += 1
    return scope_flags(f"{pattern[: found.start()]}(?{found[1]}:{pattern[found.end() : end]}){pattern[end:]}")


@functools.lru_cache(maxsize=None)
def category(letter: str) -> str:
    """The characters of a Unicode category (L, N, Z …) as ranges for use inside a character class."""
    ranges: list[list[int]] = []
    for point in range(sys.maxunicode + 1):
        if unicodedata.category(chr(point))[0] != letter:
            continue
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    if not ranges:
        raise re.error(f"no Unicode category {letter}")
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)
