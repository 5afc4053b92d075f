/** An operation that the pinned moto does not have. test/emulator/gaps.test.ts fails as soon as it does. */
export interface MissingOperation {
  readonly operation: string;
  /** moto answers a page of HTML with this status. */
  readonly status: 404 | 500;
  /** Name of what the SDK throws when it tries to read that page as XML or as JSON. */
  readonly errorName: 'Error' | 'SyntaxError';
  readonly reason: string;
}

const noHandler = 'moto knows the service but has no code for the operation: NotImplementedError, turned into an HTML error page';
const noAddress = 'moto has no such address: only the three alternate-contact operations of Account are there';

const query = (operation: string): MissingOperation => ({ operation, status: 500, errorName: 'Error', reason: noHandler });
const json = (operation: string): MissingOperation => ({ operation, status: 500, errorName: 'SyntaxError', reason: noHandler });
const restJson = (operation: string): MissingOperation => ({ operation, status: 404, errorName: 'SyntaxError', reason: noAddress });

export const missingOperations: readonly MissingOperation[] = [
  query('iam:ListMFADeviceTags'),
  query('iam:ListOrganizationsFeatures'),
  query('iam:ListServiceSpecificCredentials'),
  query('iam:EnableOrganizationsRootCredentialsManagement'),
  query('sts:AssumeRoot'),
  json('budgets:UpdateBudget'),
  json('budgets:DescribeBudgetNotificationsForAccount'),
  json('budgets:DescribeSubscribersForNotification'),
  json('budgets:CreateSubscriber'),
  json('budgets:DeleteSubscriber'),
  json('organizations:EnableAllFeatures'),
  json('organizations:ListHandshakesForOrganization'),
  json('organizations:ListHandshakesForAccount'),
  json('organizations:InviteAccountToOrganization'),
  json('organizations:CancelHandshake'),
  json('organizations:AcceptHandshake'),
  restJson('account:GetAccountInformation'),
  restJson('account:GetContactInformation'),
  json('cloudtrail:LookupEvents'),
  json('freetier:GetAccountPlanState'),
];

/** Whether the pinned moto has an operation, e.g. `iam:GetUser`. */
export const isOffered = (operation: string): boolean => !missingOperations.some((missing) => missing.operation === operation);
