"""Prints, as JSON, how botocore pages the operations named as arguments (service:Operation): null for one that has no pages."""

import json
import sys

import botocore.session
from botocore.exceptions import UnknownServiceError


def row(loader, model, service, operation):
    members = lambda shape: list(shape.members) if shape is not None else []
    described = model.operation_model(operation)
    try:
        pages = loader.load_service_model(service, "paginators-1")["pagination"].get(operation)
    except UnknownServiceError:
        pages = None
    # A list that botocore has no row for would still show a token in its request or answer.
    tokens = [name for name in members(described.input_shape) + members(described.output_shape) if name in ("Marker", "NextToken")]
    if pages is None and tokens == ["Marker", "Marker"] and "IsTruncated" in members(described.output_shape):
        # botocore forgot its row (iam:ListServiceSpecificCredentials): the members have the same names in all of IAM.
        lists = [name for name, shape in described.output_shape.members.items() if shape.type_name == "list"]
        pages = {"input_token": "Marker", "output_token": "Marker", "more_results": "IsTruncated", "limit_key": "MaxItems", "result_key": lists}
    if pages is None:
        return {"tokens": tokens} if tokens else None
    items = pages["result_key"]
    limit = described.input_shape.members[pages["limit_key"]]
    return {
        "token": pages["input_token"],
        "answerToken": pages["output_token"],
        "more": pages.get("more_results"),
        "items": items if isinstance(items, list) else [items],
        "required": all(name in described.output_shape.required_members for name in (items if isinstance(items, list) else [items])),
        "largest": limit.metadata.get("max"),
    }


def main(operations):
    session = botocore.session.Session()
    loader = session.get_component("data_loader")
    models = {}
    found = {}
    for name in operations:
        service, operation = name.split(":")
        model = models.setdefault(service, session.get_service_model(service))
        found[name] = row(loader, model, service, operation)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
