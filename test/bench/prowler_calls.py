"""The calls to IAM that Prowler's service object makes before its first check, whichever check is asked for, one after another.

Seen when prowler 5.40 ran against moto: 28 calls for one user, 7 more for each other. The practice account does not know all of them;
it refuses those after the same delay, which makes no difference to the time.
"""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

iam = boto3.client("iam", config=Config(retries={"total_max_attempts": 1}))


def ask(method: str, **parameters: Any) -> dict[str, Any]:
    try:
        return getattr(iam, method)(**parameters)
    except ClientError:
        return {}


fixed = [
    ("list_roles", {}),
    ("generate_credential_report", {}),
    ("get_credential_report", {}),
    ("list_groups", {}),
    ("get_account_summary", {}),
    ("list_virtual_mfa_devices", {}),
    ("get_account_password_policy", {}),
    ("list_entities_for_policy", {"PolicyArn": "arn:aws:iam::aws:policy/AWSSupportAccess"}),
    ("list_entities_for_policy", {"PolicyArn": "arn:aws:iam::aws:policy/SecurityAudit"}),
    ("list_entities_for_policy", {"PolicyArn": "arn:aws:iam::aws:policy/AWSCloudShellFullAccess"}),
    ("list_policies", {"Scope": "AWS", "OnlyAttached": True}),
    ("list_policies", {"Scope": "Local"}),
    ("get_policy_version", {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess", "VersionId": "v1"}),
    ("get_policy_version", {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess", "VersionId": "v1"}),
    ("list_saml_providers", {}),
    ("list_server_certificates", {}),
    ("list_attached_group_policies", {"GroupName": "Administrators"}),
    ("list_group_policies", {"GroupName": "Administrators"}),
    ("get_group", {"GroupName": "Administrators"}),
    ("list_organizations_features", {}),
]
users = [user["UserName"] for page in iam.get_paginator("list_users").paginate() for user in page["Users"]]
for method, parameters in fixed:
    ask(method, **parameters)
for user in users:
    ask("list_mfa_devices", UserName=user)
    ask("list_attached_user_policies", UserName=user)
    ask("list_user_policies", UserName=user)
    ask("list_user_tags", UserName=user)
    ask("list_access_keys", UserName=user)
    ask("generate_service_last_accessed_details", Arn=f"arn:aws:iam::111122223333:user/{user}")
    ask("list_service_specific_credentials", UserName=user)
