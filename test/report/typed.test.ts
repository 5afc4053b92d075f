import { describe, expect, it } from 'vitest';
import { type CommandContext, typedCommand, typedText } from '../../src/report/typed.js';

const here: CommandContext = { program: 'npx aws-account-bootstrap', flags: ['--sandbox-file w.json', '--config c.yaml'], sandbox: true };

describe('a printed command', () => {
  it.each([
    ['bootstrap init --only alias', 'npx aws-account-bootstrap init --only alias --sandbox-file w.json --config c.yaml'],
    ['bootstrap keys list', 'npx aws-account-bootstrap keys list --sandbox-file w.json --config c.yaml'],
    ['bootstrap init --config other.yaml', 'npx aws-account-bootstrap init --config other.yaml --sandbox-file w.json'],
    ['bootstrap sandbox reset', 'npx aws-account-bootstrap sandbox reset --sandbox-file w.json'],
    ['bootstrap config validate', 'npx aws-account-bootstrap config validate --config c.yaml'],
    ['bootstrap config new', 'npx aws-account-bootstrap config new'],
    ['bootstrap explain mfa.root', 'npx aws-account-bootstrap explain mfa.root'],
    ['bootstrap init --help', 'npx aws-account-bootstrap init --help'],
    [
      'bootstrap keys delete --root --all --profile ROOT',
      'npx aws-account-bootstrap keys delete --root --all --sandbox-as root --sandbox-file w.json --config c.yaml',
    ],
    ['aws login', 'aws login'],
  ])('selects the same account, with the name that the tool was started with: %s', (command, expected) => {
    expect(typedCommand(command, here)).toBe(expected);
  });

  it.each([
    ['bootstrap keys rotate --user --profile', 'AWS allows such a user'],
    ['bootstrap keys list --user --help', 'AWS allows such a user'],
    ["bootstrap init --only budget --budget-name 'a --profile b'", 'a budget can have such a name'],
    ["bootstrap init --only budget --budget-name 'it'\\'' --profile b'", 'a budget can have such a name'],
    ['bootstrap init --only budget --budget-name --profile', 'a budget can have such a name'],
    ['bootstrap init --only mfa --mfa-users --profile', 'AWS allows such a user'],
  ])('has the profile of the run, whatever a name in it looks like: %s (%s)', (command) => {
    expect(typedCommand(command, { program: 'bootstrap', flags: ['--profile audit'], sandbox: false })).toBe(`${command} --profile audit`);
  });

  it('is found in a text by its backticks, and nothing else is changed', () => {
    const text = 'Look at bootstrap.yaml, then run `bootstrap check` or `aws login`.';
    expect(typedText(text, { ...here, flags: ['--profile root'] })).toBe(
      'Look at bootstrap.yaml, then run `npx aws-account-bootstrap check --profile root` or `aws login`.',
    );
  });
});
