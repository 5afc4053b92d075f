import type { Command } from 'commander';
import { withExamples } from '../help.js';

/** Help starts with examples; a test checks that every command has some. */
const examples: Readonly<Record<string, readonly string[]>> = {
  keys: ['bootstrap keys list', 'bootstrap keys rotate --user ci', 'bootstrap keys delete --user ci --key AKIAIOSFODNN7EXAMPLE'],
  'keys list': ['bootstrap keys list', 'bootstrap keys list --user ci --output json'],
  'keys rotate': ['bootstrap keys rotate', 'bootstrap keys rotate --user ci --profile-to-write ci'],
  'keys disable': ['bootstrap keys disable --user ci --key AKIAIOSFODNN7EXAMPLE'],
  'keys enable': ['bootstrap keys enable --user ci --key AKIAIOSFODNN7EXAMPLE'],
  'keys delete': ['bootstrap keys delete --user ci --key AKIAIOSFODNN7EXAMPLE', 'bootstrap keys delete --root --all'],
  accounts: ['bootstrap accounts list', 'bootstrap accounts create --name lab --email-from aws@example.com', 'bootstrap accounts accept'],
  'accounts list': ['bootstrap accounts list', 'bootstrap accounts list --output json'],
  'accounts create': ['bootstrap accounts create --name lab --email-from aws@example.com --profile-to-write lab'],
  'accounts invite': ['bootstrap accounts invite --id 444455556666', 'bootstrap accounts invite --email root@example.com'],
  'accounts accept': ['bootstrap accounts accept', 'bootstrap accounts accept --management-profile boss'],
  'accounts cancel': ['bootstrap accounts cancel --id 444455556666'],
  report: ['bootstrap report result.json --output markdown', 'bootstrap check --output json | bootstrap report - --output csv'],
  sandbox: ['bootstrap init --sandbox', 'bootstrap sandbox serve', 'bootstrap sandbox show'],
  'sandbox serve': ['bootstrap sandbox serve', 'bootstrap sandbox serve --port 4566 --sandbox-file world.json'],
  'sandbox show': ['bootstrap sandbox show', 'bootstrap sandbox show --output json'],
  'sandbox reset': ['bootstrap sandbox reset'],
  'sandbox sign-up': ['bootstrap sandbox sign-up'],
};

export const addExamples = (command: Command, path = ''): void => {
  for (const sub of command.commands) {
    const name = `${path} ${sub.name()}`.trim();
    if (Object.hasOwn(examples, name)) withExamples(sub, ...(examples[name] ?? []));
    addExamples(sub, name);
  }
};
