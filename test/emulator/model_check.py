"""Checks recorded requests against botocore's service models: model_check.py [--json] FILE...

Each line of a file is one request as it went over the wire:
{"service"?, "operation"?, "method", "path", "headers", "body", "encoding"?: "utf8" | "base64"}
The service is the one the request was signed for. Exit code 1 when anything breaks the model, 2 when a file cannot be read.
"""

import json
import sys
from typing import Any

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

import model_rules
import wire_request

loader = Loader()


def load_model(service: str) -> dict[str, Any] | None:
    try:
        return loader.load_service_model(service, "service-2")
    except UnknownServiceError:
        return None


def check_record(record: dict[str, Any]) -> tuple[str, str, list[tuple[str, str, str]]]:
    """(service, operation, [(member, rule, message)]) of one request; "?" for what could not be told."""
    found: list[tuple[str, str, str]] = []

    def report(member: str, rule: str, message: str) -> None:
        found.append((member, rule, message))

    headers = {name.lower(): value for name, value in record["headers"].items()}
    signed = wire_request.signed_service(headers)
    service = record.get("service") or signed
    if service is None:
        report("Authorization", "service", "the request is not signed, so its service is unknown")
        return "?", record.get("operation") or "?", found
    model = load_model(service)
    if model is None:
        report("Authorization", "service", f"botocore has no service {service}")
        return service, record.get("operation") or "?", found
    metadata = model["metadata"]
    name = metadata.get("signingName") or metadata["endpointPrefix"]
    if signed not in (None, name):
        report("Authorization", "service", f"signed for {signed}, not for {name}")
    operation, value = wire_request.decode(model, record, headers, report)
    claimed = record.get("operation")
    if claimed not in (None, operation):
        report("", "operation", f"recorded as {claimed} but reads as {operation}")
    if operation is not None and "input" in model["operations"][operation]:
        model_rules.check(model, model["operations"][operation]["input"], value, "", report)
    return service, operation or claimed or "?", found


def check_files(paths: list[str]) -> dict[str, Any]:
    requests, operations, violations = 0, set(), []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                requests += 1
                service, operation, found = check_record(json.loads(line))
                operations.add(f"{service}:{operation}")
                violations += [
                    {"file": path, "line": number, "service": service, "operation": operation, "member": member, "rule": rule, "message": message}
                    for member, rule, message in found
                ]
    summary = f"{requests} requests, {len(operations)} operations, {len(violations)} violations"
    return {"requests": requests, "operations": sorted(operations), "violations": violations, "summary": summary}


def main(arguments: list[str]) -> int:
    as_json = "--json" in arguments
    try:
        result = check_files([argument for argument in arguments if argument != "--json"])
    except (OSError, KeyError, ValueError) as error:
        print(f"model_check: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    if as_json:
        print(json.dumps(result))
    else:
        for v in result["violations"]:
            print(f"{v['file']}:{v['line']}: {v['service']} {v['operation']} {v['member'] or '(request)'} [{v['rule']}] {v['message']}")
        print(result["summary"])
    return 1 if result["violations"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
