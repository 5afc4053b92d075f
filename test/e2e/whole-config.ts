import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** A bootstrap.yaml with every step. */
export const wholeConfig = `version: 1
billing-access:
  confirmed-on: 2025-11-23
  contact: { name: Bill Payer, title: Accounts, email: billing@example.com, phone: "+1 555 0100" }
  security-contact: { name: Security, title: On call, email: security@example.com, phone: "+1 555 0101" }
  operations-contact: { name: Operations, title: On call, email: operations@example.com, phone: "+1 555 0102" }
budget:
  name: Monthly
  limit: 10 USD
  subscribers: [ops@example.com]
admin-user:
  name: alex
mfa:
  assign: unattended
alias:
  name: acme-prod
access-keys:
  mode: create
  user: ci
  group: ci-readers
  policies: [ReadOnlyAccess]
  profile: acme-prod
organization:
  free-tier-loss: accepted
  accounts:
    - { name: sandbox, email: aws+sandbox@example.com }
`;

export const writeConfig = (folder: string, text: string = wholeConfig): string => {
  const file = path.join(folder, 'bootstrap.yaml');
  writeFileSync(file, text);
  return file;
};
