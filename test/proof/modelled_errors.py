"""Prints the errors that the service models list for operations, as JSON: modelled_errors.py SERVICE:OPERATION...

{"errors": {"iam:CreateUser": [{"code": "LimitExceeded", "status": 409}, ...]}, "failureReasons": ["ACCOUNT_LIMIT_EXCEEDED", ...]}
A violated constraint is listed once without a reason, and once with each reason of the model.
"""

import json
import sys
from typing import Any

from botocore.loaders import Loader

loader = Loader()


def errors_of(model: dict[str, Any], operation: str) -> list[dict[str, Any]]:
    found = []
    for listed in model["operations"][operation].get("errors", []):
        shape = model["shapes"][listed["shape"]]
        error = shape.get("error", {})
        status = error.get("httpStatusCode", 500 if shape.get("fault") else 400)
        answer = {"code": error.get("code", listed["shape"]), "status": status}
        found.append(answer)
        if "ConstraintViolation" in listed["shape"]:
            reasons = model["shapes"][shape["members"]["Reason"]["shape"]]["enum"]
            found += [{**answer, "reason": reason} for reason in reasons]
    return found


def main(operations: list[str]) -> None:
    models = {service: loader.load_service_model(service, "service-2") for service in {name.split(":")[0] for name in operations}}
    errors = {name: errors_of(models[name.split(":")[0]], name.split(":")[1]) for name in operations}
    reasons = loader.load_service_model("organizations", "service-2")["shapes"]["CreateAccountFailureReason"]["enum"]
    print(json.dumps({"errors": errors, "failureReasons": reasons}))


main(sys.argv[1:])
