"""Reads one recorded request back into the operation and the input that its bytes mean, by botocore's service model.

Written apart from botocore's serialisers and from the SDK that made the request: it goes by the model and the protocol's
rules alone (query: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html, and its sisters for the JSON protocols).
"""

import base64
import binascii
import json
import re
from typing import Any, Callable
from urllib.parse import parse_qsl, unquote, urlsplit

Report = Callable[[str, str, str], None]
"""report(member path, rule, message)"""

UNREADABLE = object()
"""Stands for a value already reported as wrong; no further rule looks at it."""

CREDENTIAL = re.compile(r"Credential=[^/]+/\d{8}/[^/]+/(?P<service>[^/]+)/aws4_request")
ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
HTTP_TIME = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")


def signed_service(headers: dict[str, str]) -> str | None:
    found = CREDENTIAL.search(headers.get("authorization", ""))
    return found["service"] if found else None


def body_of(record: dict[str, Any]) -> bytes:
    body = record.get("body") or ""
    return base64.b64decode(body, validate=True) if record.get("encoding") == "base64" else body.encode()


def decode(model: dict[str, Any], record: dict[str, Any], headers: dict[str, str], report: Report):
    """(operation, input) of a request; the operation is None when the request names none that the model has."""
    protocol = model["metadata"]["protocol"]
    reader = {"query": decode_query, "json": decode_json, "rest-json": decode_rest_json}.get(protocol)
    if reader is None:
        report("", "protocol", f"requests of protocol {protocol} cannot be read")
        return None, {}
    return reader(model, record, headers, report)


def decode_query(model, record, headers, report):
    expect_post_to_root(record, report)
    expect_content_type(headers, "application/x-www-form-urlencoded", report)
    form: dict[str, str] = {}
    for key, value in parse_qsl(body_of(record).decode(), keep_blank_values=True):
        if key in form:
            report(key, "duplicate-parameter", "is sent more than once")
        form[key] = value
    name, version = form.pop("Action", None), form.pop("Version", None)
    if version != model["metadata"]["apiVersion"]:
        report("Version", "api-version", f"is {version}, not {model['metadata']['apiVersion']}")
    operation = model["operations"].get(name)
    if operation is None:
        report("Action", "operation", f"{name} is not an operation of the service")
        return None, {}
    used: set[str] = set()
    value = {}
    if "input" in operation:
        value = read_form(model, operation["input"], "", form, used, report)
    for key in sorted(form.keys() - used):
        report(key, "unknown-member", "is not a member of the input")
    return name, value


def read_form(model, ref, prefix: str, form: dict[str, str], used: set[str], report: Report):
    shape = model["shapes"][ref["shape"]]
    kind = shape["type"]
    if kind == "structure":
        value = {}
        for name, member in shape["members"].items():
            key = join(prefix, member.get("queryName") or member.get("locationName") or name)
            if any(sent == key or sent.startswith(key + ".") for sent in form):
                value[name] = read_form(model, member, key, form, used, report)
        return value
    flattened = shape.get("flattened") or ref.get("flattened")
    if kind == "list":
        base = prefix if flattened else join(prefix, shape["member"].get("locationName") or "member")
        numbers = entries(prefix, base, form, used, report)
        return [read_form(model, shape["member"], f"{base}.{n}", form, used, report) for n in numbers]
    if kind == "map":
        base = prefix if flattened else join(prefix, "entry")
        key_name, value_name = (shape[part].get("locationName") or part for part in ("key", "value"))
        pairs = {}
        for n in entries(prefix, base, form, used, report):
            key = read_form(model, shape["key"], f"{base}.{n}.{key_name}", form, used, report)
            pairs[key] = read_form(model, shape["value"], f"{base}.{n}.{value_name}", form, used, report)
        return pairs
    if prefix not in form:
        report(prefix, "type", f"is not a {kind}")
        return UNREADABLE
    used.add(prefix)
    return read_text(shape, ref, form[prefix], prefix, report, "iso8601")


def entries(prefix: str, base: str, form: dict[str, str], used: set[str], report: Report) -> list[int]:
    """Numbers under which a list or map has entries; AWS reads 1, 2, 3 … and stops at the first gap."""
    if form.get(prefix) == "":
        used.add(prefix)
    numbers = sorted({int(n) for key in form if (n := key.removeprefix(base + ".").split(".")[0]).isdigit() and key.startswith(base + ".")})
    if numbers != list(range(1, len(numbers) + 1)):
        report(prefix, "list-index", "entries are not numbered 1, 2, 3 …")
    return numbers


def decode_json(model, record, headers, report):
    metadata = model["metadata"]
    expect_post_to_root(record, report)
    expect_content_type(headers, f"application/x-amz-json-{metadata['jsonVersion']}", report)
    prefix, _, name = headers.get("x-amz-target", "").rpartition(".")
    # AWS takes the service's name with and without its namespace; botocore sends CloudTrail's with, the JavaScript SDK without.
    if prefix not in (metadata["targetPrefix"], metadata["targetPrefix"].rpartition(".")[2]):
        report("X-Amz-Target", "target", f"begins with {prefix!r}, not {metadata['targetPrefix']!r}")
    operation = model["operations"].get(name)
    if operation is None:
        report("X-Amz-Target", "operation", f"{name} is not an operation of the service")
        return None, {}
    return name, read_body(model, operation.get("input"), record, report)


def decode_rest_json(model, record, headers, report):
    target = urlsplit(record["path"])
    for name, operation in model["operations"].items():
        labels = match_uri(operation["http"], record["method"], target.path)
        if labels is not None:
            break
    else:
        report("", "operation", f"no operation has the address {record['method']} {target.path}")
        return None, {}
    shape = model["shapes"][operation["input"]["shape"]] if "input" in operation else {"members": {}}
    query = dict(parse_qsl(target.query, keep_blank_values=True))
    value = {}
    placed = {}
    for member, ref in shape["members"].items():
        wire, place = ref.get("locationName", member), ref.get("location")
        source = {"uri": labels, "querystring": query, "header": headers}.get(place)
        if source is None:
            continue
        placed[member] = place
        text = source.pop(wire, None) if place == "querystring" else source.get(wire.lower() if place == "header" else wire)
        if text is not None:
            value[member] = read_text(model["shapes"][ref["shape"]], ref, text, member, report, "iso8601")
    for key in query:
        report(key, "unknown-member", "is not a member of the input")
    if "payload" in shape:
        value[shape["payload"]] = read_body(model, shape["members"][shape["payload"]], record, report)
    elif record.get("body"):
        expect_content_type(headers, "application/json", report)
        value |= read_body(model, operation.get("input"), record, report, frozenset(placed))
    return name, value


def match_uri(http: dict[str, str], method: str, path: str) -> dict[str, str] | None:
    if http["method"] != method:
        return None
    pattern = re.sub(r"\\\{(\w+)(\\\+)?\\\}", lambda m: f"(?P<{m[1]}>{'.+' if m[2] else '[^/]+'})", re.escape(http["requestUri"].split("?")[0]))
    found = re.fullmatch(pattern, path)
    return {name: unquote(text) for name, text in found.groupdict().items()} if found else None


def read_body(model, ref, record, report, elsewhere=frozenset()):
    try:
        value = json.loads(body_of(record) or b"{}")
    except ValueError:
        report("", "type", "the body is not JSON")
        return {}
    if ref is None:
        for key in value:
            report(key, "unknown-member", "is not a member of the input")
        return {}
    decoded = read_json(model, ref, value, "", report, elsewhere)
    return {} if decoded is UNREADABLE else decoded


def read_json(model, ref, value, path: str, report: Report, elsewhere=frozenset()):
    shape = model["shapes"][ref["shape"]]
    kind = shape["type"]
    if kind == "structure" and shape.get("document"):
        return value
    wanted = {
        "structure": dict, "map": dict, "list": list, "string": str, "character": str, "blob": str, "boolean": bool,
        "integer": int, "long": int, "float": (int, float), "double": (int, float), "timestamp": (int, float, str),
    }[kind]
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind != "boolean"):
        report(path, "type", f"is not a {kind}")
        return UNREADABLE
    if kind == "structure":
        names = {m.get("locationName", name): name for name, m in shape["members"].items() if name not in elsewhere}
        for key in value.keys() - names.keys():
            report(join(path, key), "unknown-member", "is not a member of the input")
        return {
            names[key]: read_json(model, shape["members"][names[key]], item, join(path, names[key]), report)
            for key, item in value.items()
            if key in names
        }
    if kind == "list":
        return [read_json(model, shape["member"], item, f"{path}[{n}]", report) for n, item in enumerate(value)]
    if kind == "map":
        return {key: read_json(model, shape["value"], item, join(path, key), report) for key, item in value.items()}
    if kind == "timestamp" and not isinstance(value, str):
        if (shape.get("timestampFormat") or ref.get("timestampFormat") or "unixTimestamp") != "unixTimestamp":
            report(path, "type", "is not a timestamp in the model's format")
        return value
    return read_text(shape, ref, value, path, report, "unixTimestamp") if kind in ("blob", "timestamp") else value


def read_text(shape, ref, text: str, path: str, report: Report, time_format: str):
    """A scalar out of its text form, as forms, URIs and headers carry it."""
    kind = shape["type"]
    try:
        if kind in ("integer", "long"):
            return int(text) if re.fullmatch(r"-?\d+", text) else wrong(path, kind, report)
        if kind in ("float", "double"):
            return float(text)
        if kind == "boolean":
            return text == "true" if text in ("true", "false") else wrong(path, kind, report)
        if kind == "blob":
            return base64.b64decode(text, validate=True)
        if kind == "timestamp":
            form = {"iso8601": ISO_TIME, "rfc822": HTTP_TIME}.get(ref.get("timestampFormat") or shape.get("timestampFormat") or time_format)
            return text if form is not None and form.fullmatch(text) else wrong(path, kind, report)
    except (ValueError, binascii.Error):
        return wrong(path, kind, report)
    return text


def wrong(path: str, kind: str, report: Report):
    report(path, "type", f"is not a {kind}")
    return UNREADABLE


def expect_post_to_root(record, report):
    if record["method"] != "POST" or record["path"] != "/":
        report("", "address", f"{record['method']} {record['path']} is not POST /")


def expect_content_type(headers, wanted: str, report):
    sent = headers.get("content-type", "").split(";")[0].strip()
    if sent != wanted:
        report("Content-Type", "content-type", f"is {sent!r}, not {wanted!r}")


def join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name
