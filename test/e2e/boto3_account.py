"""An account as boto3 sees it, so that what the program did is judged by other code than its own.

First argument: {"endpoint", "accessKeyId", "secretAccessKey", "sessionToken", "calls": [[service, method, parameters], ...]}
stdout: JSON; with "calls", the list of their answers (an AWS error is {"error": code}); without, the state of the account.
With "--serve" before it: such an answer, in one line, to each line of stdin, which holds "calls" or nothing of its own.
"""

import base64
import datetime
import json
import sys
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

asked = json.loads(sys.argv[-1])
session = boto3.Session(
    aws_access_key_id=asked["accessKeyId"],
    aws_secret_access_key=asked["secretAccessKey"],
    aws_session_token=asked.get("sessionToken"),
    region_name="us-east-1",
)
clients: dict[str, Any] = {}


def call(service: str, method: str, **parameters: Any) -> dict[str, Any]:
    """One call, sent once."""
    if service not in clients:
        once = Config(retries={"total_max_attempts": 1}, ignore_configured_endpoint_urls=True)
        clients[service] = session.client(service, endpoint_url=asked["endpoint"], config=once)
    try:
        answer = getattr(clients[service], method)(**parameters)
    except ClientError as error:
        return {"error": error.response["Error"]["Code"]}
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def existing(service: str, method: str, absent: str, **parameters: Any) -> dict[str, Any] | None:
    """The answer, or None when AWS says that there is no such thing; any other error ends the program."""
    answer = call(service, method, **parameters)
    if answer.get("error") == absent:
        return None
    if "error" in answer:
        raise SystemExit(f"{service} {method}: {answer['error']}")
    return answer


def must(service: str, method: str, **parameters: Any) -> dict[str, Any]:
    answer = existing(service, method, "", **parameters)
    assert answer is not None
    return answer


def user(name: str) -> dict[str, Any]:
    who = {"UserName": name}
    return {
        "groups": sorted(group["GroupName"] for group in must("iam", "list_groups_for_user", **who)["Groups"]),
        "attached": sorted(policy["PolicyName"] for policy in must("iam", "list_attached_user_policies", **who)["AttachedPolicies"]),
        "inline": sorted(must("iam", "list_user_policies", **who)["PolicyNames"]),
        "password": existing("iam", "get_login_profile", "NoSuchEntity", **who) is not None,
        "mfa": sorted(device["SerialNumber"] for device in must("iam", "list_mfa_devices", **who)["MFADevices"]),
        "keys": sorted(f"{key['AccessKeyId']} {key['Status']}" for key in must("iam", "list_access_keys", **who)["AccessKeyMetadata"]),
    }


def group(name: str) -> dict[str, Any]:
    who = {"GroupName": name}
    return {
        "attached": sorted(policy["PolicyName"] for policy in must("iam", "list_attached_group_policies", **who)["AttachedPolicies"]),
        "inline": sorted(must("iam", "list_group_policies", **who)["PolicyNames"]),
    }


def budget(account: str, found: dict[str, Any]) -> dict[str, Any]:
    name = found["BudgetName"]
    alerts = must("budgets", "describe_notifications_for_budget", AccountId=account, BudgetName=name).get("Notifications", [])
    return {
        "amount": float(found["BudgetLimit"]["Amount"]),
        "unit": found["BudgetLimit"]["Unit"],
        "period": found["TimeUnit"],
        "type": found["BudgetType"],
        "credits": found.get("CostTypes", {}).get("IncludeCredit"),
        "alerts": sorted(f"{alert['NotificationType']} {alert['ComparisonOperator']} {alert['Threshold']:g} {alert.get('ThresholdType', 'PERCENTAGE')}" for alert in alerts),
    }


def contact(kind: str) -> dict[str, Any] | None:
    found = existing("account", "get_alternate_contact", "ResourceNotFoundException", AlternateContactType=kind)
    return found and {name: found["AlternateContact"][name] for name in ("Name", "Title", "EmailAddress", "PhoneNumber")}


def organization() -> dict[str, Any] | None:
    found = existing("organizations", "describe_organization", "AWSOrganizationsNotInUseException")
    if found is None:
        return None
    members = must("organizations", "list_accounts")["Accounts"]
    return {
        "id": found["Organization"]["Id"],
        "management": found["Organization"]["MasterAccountId"],
        "features": found["Organization"]["FeatureSet"],
        "members": {member["Email"]: f"{member['Id']} {member['Name']} {member['Status']}" for member in members},
    }


def state() -> dict[str, Any]:
    account = must("sts", "get_caller_identity")["Account"]
    policy = existing("iam", "get_account_password_policy", "NoSuchEntity")
    return {
        "aliases": must("iam", "list_account_aliases")["AccountAliases"],
        "passwordPolicy": policy and policy["PasswordPolicy"],
        "users": {found["UserName"]: user(found["UserName"]) for found in must("iam", "list_users")["Users"]},
        "groups": {found["GroupName"]: group(found["GroupName"]) for found in must("iam", "list_groups")["Groups"]},
        "mfaDevices": sorted(device["SerialNumber"] for device in must("iam", "list_virtual_mfa_devices")["VirtualMFADevices"]),
        "budgets": {found["BudgetName"]: budget(account, found) for found in must("budgets", "describe_budgets", AccountId=account).get("Budgets", [])},
        "contacts": {kind: contact(kind) for kind in ("BILLING", "SECURITY", "OPERATIONS")},
        "organization": organization(),
    }


def plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value)} has no form in JSON")


def answer(question: dict[str, Any]) -> Any:
    return [call(service, method, **parameters) for service, method, parameters in question["calls"]] if "calls" in question else state()


if sys.argv[1] == "--serve":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line)), default=plain), flush=True)
else:
    json.dump(answer(asked), sys.stdout, default=plain)
