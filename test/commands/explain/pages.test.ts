import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { makeProgram } from '../../../src/cli.js';
import { exitPages } from '../../../src/commands/explain/exits.js';
import { allPages, nearestPage, pageIds, pagesFor } from '../../../src/commands/explain/pages.js';
import { BootstrapError, errorCodes, exitNames } from '../../../src/core/errors.js';
import type { Page } from '../../../src/core/explanation.js';
import type { Host } from '../../../src/run/app.js';
import { steps } from '../../../src/steps/index.js';
import { codesIn, rowsIn, sources, tables } from './catalogue.js';

const pages = await allPages(steps);
const explained = await Promise.all(steps.map((step) => step.explain()));
const sorted = (words: Iterable<string>): readonly string[] => [...new Set(words)].toSorted();
const raised = sources.flatMap(([, text]) => codesIn(text));

describe('the pages', () => {
  it.each(steps.map((step, index) => [step.id, step, index] as const))(
    'of %s cover every finding of the step, and no other',
    (_, step, index) => {
      expect(sorted(Object.keys(explained[index]?.findings ?? {}))).toEqual(sorted(step.findings.map(({ id }) => id)));
    },
  );

  it('are listed for completion by id without their texts', () => {
    expect(pageIds(steps)).toEqual(pages.map(({ id }) => id));
  });

  it('cover every exit code, signals included', () => {
    expect(sorted(Object.keys(exitPages))).toEqual(sorted([...Object.keys(exitNames), '130', '143']));
  });

  it('have unique ids', () => {
    expect(pages.map(({ id }) => id)).toEqual([...new Set(pages.map(({ id }) => id))]);
  });

  it.each(pages.map((page) => [page.id, page] as const))('%s explains what it means', (_, page) => {
    expect(page.title).not.toBe('');
    expect(page.means.join('').length).toBeGreaterThan(20);
  });

  it.each(pages.filter(({ kind }) => kind === 'finding').map((page) => [page.id, page] as const))(
    '%s explains why it matters and what to do, and names a source',
    (_, { matters, fix, sources: from, references, differs }) => {
      expect(matters).toBeDefined();
      expect([fix?.tool, fix?.console, fix?.cli].filter((way) => way !== undefined).length).toBeGreaterThanOrEqual(2);
      expect(from?.length).toBeGreaterThan(0);
      if (references.some((reference) => reference.includes('prowler'))) expect(differs).toBeDefined();
    },
  );

  it.each(['mfa.root', 'mfa.root-hardware', 'billing-access.switch'])('%s, which no API can fix, does not claim that init does', (id) => {
    const page = pages.find((one) => one.id === id);
    expect(JSON.stringify(page)).toMatch(/No API can|AWS has no API for/);
    expect(page?.facts.join()).not.toContain('set up');
    expect(page?.fix?.tool?.commands?.join()).toMatch(/^bootstrap check --only [\w.-]+$/);
    expect(page?.fix?.tool?.text).not.toMatch(/^Then/);
  });

  it('explain how other tools count the day that root was last used', () => {
    const differs = pages.find(({ id }) => id === 'admin-user.root-at-rest')?.differs;
    expect(differs).toMatch(/whole days.*less than 48 hours ago fails there.*Here the limit is 24 hours/);
  });

  it('link to AWS only', () => {
    const links = pages.flatMap((page) => [...JSON.stringify(page).matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host = '']) => host));
    expect(links.length).toBeGreaterThan(20);
    // A loopback address is an example of an endpoint.
    expect(links.filter((host) => !/(^|\.)aws\.amazon\.com$/.test(host) && host !== '127.0.0.1')).toEqual([]);
  });
});

describe('the catalogue of error codes', () => {
  it('has every code that the sources raise, and no other', () => {
    expect(raised.length).toBeGreaterThan(60);
    expect(sorted(Object.keys(errorCodes))).toEqual(sorted([...raised, 'E-USAGE']));
  });

  it('has one row per code: a second one in another file would replace the first', () => {
    expect(tables.length).toBeGreaterThan(5);
    expect(tables.flatMap(([, text]) => rowsIn(text)).toSorted()).toEqual(sorted(Object.keys(errorCodes)));
  });

  it('decides the exit code of an error', () => {
    const error = new BootstrapError({ code: 'E-ALIAS-TAKEN', message: 'm', next: 'n' });
    expect(error.exit).toBe(7);
    expect(error.with({ message: 'other' })).toMatchObject({ code: 'E-ALIAS-TAKEN', exit: 7, message: 'other', next: 'n' });
  });

  it('is the only place that pairs a code with an exit code', () => {
    const pairs = sources.filter(([, text]) => /code: 'E-[A-Z-]+',\s*exit: \d|'E-[A-Z-]+': \d/.test(text)).map(([file]) => file);
    expect(pairs).toEqual([]);
  });
});

const host = { stdout: { columns: 100 }, env: {} } as unknown as Host;
const program = makeProgram(host, () => {});

/** The words of a shell line; quoted words may contain blanks. */
const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

/** The words of a command line that the program does not know. */
const unknownIn = (line: string): readonly string[] => {
  const [, ...words] = wordsOf(line);
  let command: Command = program;
  const unknown: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--help') continue;
    if (word.startsWith('-') && word !== '-') {
      const option = command.options.find(({ long, short }) => long === word || short === word);
      if (option === undefined) unknown.push(word);
      if (option?.required) {
        at += 1;
        const value = words[at] ?? '';
        if (option.argChoices && !option.argChoices.includes(value)) unknown.push(`${word} ${value}`);
        if ((word === '--only' || word === '--skip') && value.split(',').some((id) => pagesFor(id, pages).length === 0))
          unknown.push(`${word} ${value}`);
      }
      continue;
    }
    const below = command.commands.find((one) => one.name() === word);
    if (below) command = below;
    else if (command.registeredArguments.length === 0) unknown.push(word);
  }
  if (command.commands.length > 0) unknown.push(`${command.name()} needs a command`);
  return unknown;
};

describe('the commands of the pages', () => {
  const commandsOf = (page: Page): readonly string[] => page.fix?.tool?.commands ?? [];

  it.each(pages.filter((page) => commandsOf(page).length > 0).map((page) => [page.id, page] as const))(
    '%s use only commands and flags that exist',
    (_, page) => {
      for (const line of commandsOf(page)) {
        expect(line).toMatch(/^bootstrap /);
        expect([line, unknownIn(line)]).toEqual([line, []]);
      }
    },
  );

  it('are checked: an unknown command or flag is found', () => {
    expect(unknownIn('bootstrap init --only aliass')).toEqual(['--only aliass']);
    expect(unknownIn('bootstrap check --alias x')).toEqual(['--alias', 'x']);
    expect(unknownIn('bootstrap frobnicate')).toContain('frobnicate');
    expect(unknownIn('bootstrap config')).toEqual(['config needs a command']);
  });

  it('with the AWS CLI begin with aws', () => {
    const lines = pages.flatMap((page) => page.fix?.cli?.commands ?? []);
    expect(lines.length).toBeGreaterThan(40);
    expect(lines.filter((line) => !line.startsWith('aws '))).toEqual([]);
  });
});

describe('finding a page', () => {
  const ids = (typed: string): readonly string[] => pagesFor(typed, pages).map(({ id }) => id);

  it('accepts an id in upper or lower case', () => {
    expect(ids('MFA.Root')).toEqual(['mfa.root']);
    expect(ids('e-alias-taken')).toEqual(['E-ALIAS-TAKEN']);
  });

  it('accepts an exit code with and without the word exit', () => {
    for (const typed of ['5', 'exit 5', 'exit-5']) expect(ids(typed)).toEqual(['5']);
  });

  it('accepts the id of another catalogue', () => {
    expect(ids('iam_root_mfa_enabled')).toEqual(['mfa.root']);
    expect(ids('prowler:iam_root_mfa_enabled')).toEqual(['mfa.root']);
    expect(ids('cis-7.0:2.11')).toEqual(['admin-user.unused-password', 'access-keys.unused']);
  });

  it('suggests the nearest id if there is no match', () => {
    expect(ids('mfa.rot')).toEqual([]);
    expect(nearestPage('mfa.rot', pages)).toBe('mfa.root');
    expect(nearestPage('e-alias-takn', pages)).toBe('E-ALIAS-TAKEN');
    expect(nearestPage('x', pages)).toBeUndefined();
  });
});
