#!/usr/bin/env bash
# What `check` asks AWS, as a user would script it with the AWS CLI: one call after another. A call that AWS refuses is an answer too.
set -u
ask() { aws "$@" --output json > /dev/null 2>&1 || true; }

account=$(aws sts get-caller-identity --query Account --output text)
ask iam get-account-summary
ask iam list-account-aliases
ask iam get-account-password-policy
ask iam get-account-authorization-details --filter User Group
ask iam list-virtual-mfa-devices
ask iam generate-credential-report
ask iam get-credential-report
ask account get-account-information
ask account get-alternate-contact --alternate-contact-type BILLING
ask account get-alternate-contact --alternate-contact-type SECURITY
ask cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=SetIAMAccessPreference
ask organizations describe-organization
ask organizations list-accounts
ask organizations list-create-account-status
for budget in $(aws budgets describe-budgets --account-id "$account" --query 'Budgets[].BudgetName' --output text | tr '\t ' '\n_'); do
  name=${budget//_/ }
  ask budgets describe-notifications-for-budget --account-id "$account" --budget-name "$name"
  for alert in ACTUAL,50 ACTUAL,80 ACTUAL,100 FORECASTED,100; do
    ask budgets describe-subscribers-for-notification --account-id "$account" --budget-name "$name" \
      --notification "NotificationType=${alert%,*},ComparisonOperator=GREATER_THAN,Threshold=${alert#*,},ThresholdType=PERCENTAGE"
  done
done
for user in $(aws iam list-users --query 'Users[].UserName' --output text); do
  ask iam get-login-profile --user-name "$user"
  ask iam list-mfa-devices --user-name "$user"
  for key in $(aws iam list-access-keys --user-name "$user" --query 'AccessKeyMetadata[].AccessKeyId' --output text); do
    ask iam get-access-key-last-used --access-key-id "$key"
  done
done
