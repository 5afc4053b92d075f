import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/finding.js';
import { type Reading, value } from '../../src/core/reading.js';
import { replaceAlias } from '../../src/steps/alias/flags.js';
import { alias as step } from '../../src/steps/alias/index.js';
import { accountId, accountOf, denied, desiredOf, summaryOf } from './support/account.js';
import { described } from './support/described.js';

const unread = denied('iam:ListAccountAliases');
const none = value(undefined);
const acme = { name: 'acme' };

interface Options {
  readonly replaceAlias?: boolean;
  readonly partition?: string;
}
const assess = (section: object, reading: Reading<string | undefined>, options: Options = {}): readonly Finding[] =>
  step.assess(desiredOf(step, section, 'init', options.replaceAlias === true ? [replaceAlias.flag] : []), {
    alias: reading,
    accountId,
    partition: options.partition ?? 'aws',
  });
const changeOf = (findings: readonly Finding[]) => {
  const [change] = findings.flatMap(({ remedy }) => (remedy?.by === 'init' ? [remedy.change] : []));
  if (change === undefined) throw new Error('no finding has a change');
  return change;
};

describe('the account alias', () => {
  const rows: readonly (readonly [
    title: string,
    section: object,
    reading: Reading<string | undefined>,
    options: Options,
    findings: readonly string[],
  ])[] = [
    ['is missing, and none is configured', {}, none, {}, ['alias.set fail manual fix']],
    ['is missing, and one is configured', acme, none, {}, ['alias.set fail set-alias']],
    ['is missing, and --replace-alias has nothing to replace', acme, none, { replaceAlias: true }, ['alias.set fail set-alias']],
    ['exists, and none is configured', {}, value('acme'), {}, ['alias.set pass']],
    ['exists, and --replace-alias has no name to replace it with', {}, value('acme'), { replaceAlias: true }, ['alias.set pass']],
    ['is the configured one', acme, value('acme'), {}, ['alias.set pass', 'alias.name pass']],
    ['is the configured one, with --replace-alias', acme, value('acme'), { replaceAlias: true }, ['alias.set pass', 'alias.name pass']],
    ['is a different one', acme, value('other'), {}, ['alias.set pass', 'alias.name fail manual fix']],
    [
      'is a different one, with --replace-alias',
      acme,
      value('other'),
      { replaceAlias: true },
      ['alias.set pass', 'alias.name fail set-alias'],
    ],
    ['cannot be read, and none is configured', {}, unread, {}, ['alias.set unknown']],
    ['cannot be read, and one is configured', acme, unread, {}, ['alias.set unknown', 'alias.name unknown']],
    ['cannot be read, even with --replace-alias', acme, unread, { replaceAlias: true }, ['alias.set unknown', 'alias.name unknown']],
  ];
  it.each(rows)('%s', (_, section, reading, options, findings) => {
    expect(summaryOf(assess(section, reading, options))).toEqual(findings);
  });

  it.each<[string, object, Reading<string | undefined>, Options, readonly string[]]>([
    [
      'is missing',
      {},
      none,
      {},
      [
        'alias.set fail: There is no alias, so the sign-in URL contains the account number: https://111122223333.signin.aws.amazon.com/console/',
        '  manual: Choose an alias. `bootstrap init --only alias --alias NAME`',
      ],
    ],
    [
      'is set',
      acme,
      none,
      {},
      [
        'alias.set fail: There is no alias, so the sign-in URL contains the account number: https://111122223333.signin.aws.amazon.com/console/; wanted: acme',
        '  iam:CreateAccountAlias: Set the account alias acme',
      ],
    ],
    [
      'is replaced',
      acme,
      value('other'),
      { replaceAlias: true },
      [
        'alias.set pass: Sign-in URL: https://other.signin.aws.amazon.com/console/; observed: other',
        'alias.name fail: The account has a different alias: other; wanted: acme; observed: other',
        '  iam:CreateAccountAlias: Replace the account alias other with acme (hard-to-undo)',
      ],
    ],
  ])('%s, in words', (_, section, reading, options, expected) => expect(described(assess(section, reading, options))).toEqual(expected));

  it('has a consequence only if it replaces another one', () => {
    expect(changeOf(assess(acme, none))).not.toHaveProperty('consequence');
    expect(changeOf(assess(acme, value('other'), { replaceAlias: true }))).toMatchObject({
      consequence: 'the sign-in URL of the old alias stops working',
    });
  });

  it('has the missing permission in the findings if it cannot be read', () => {
    for (const finding of assess(acme, unread)) {
      expect(finding).toMatchObject({ cause: 'denied', missingPermission: 'iam:ListAccountAliases', evidence: unread.evidence });
    }
  });

  it('shows the expected and the observed name', () => {
    expect(assess(acme, none)[0]).toMatchObject({ expected: 'acme' });
    expect(assess(acme, none)[0]).not.toHaveProperty('observed');
    expect(assess(acme, value('other'))[1]).toMatchObject({ expected: 'acme', observed: 'other' });
  });

  it.each([
    ['aws', undefined, `https://${accountId}.signin.aws.amazon.com/console/`],
    ['aws', 'acme', 'https://acme.signin.aws.amazon.com/console/'],
    ['aws-cn', 'acme', 'https://acme.signin.amazonaws.cn/console/'],
  ])('is part of the sign-in URL in %s: %s', (partition, name, url) => {
    expect(assess({}, value(name), { partition })[0]?.reason).toContain(url);
    const recap = step.recap?.(desiredOf(step, {}, 'init'), { alias: value(name), accountId, partition });
    expect(recap).toEqual([{ label: 'Sign-in URL', value: url }]);
  });

  it('is replaced by the account number in the recap if it cannot be read', () => {
    expect(step.recap?.(desiredOf(step, acme, 'init'), { alias: unread, accountId, partition: 'aws' })).toEqual([
      { label: 'Sign-in URL', value: `https://${accountId}.signin.aws.amazon.com/console/` },
    ]);
  });
});

describe('the fix for a different alias', () => {
  it('names both choices, the URL that stops working and the command', () => {
    expect(assess(acme, value('other'))[1]?.remedy).toEqual({
      by: 'hand',
      instructions:
        'Either keep other and write it into the config, or replace it. Then https://other.signin.aws.amazon.com/console/ stops working.',
      command: 'bootstrap init --only alias --alias acme --replace-alias',
    });
  });

  it('is hard to undo, unlike setting the first alias', () => {
    expect(changeOf(assess(acme, value('other'), { replaceAlias: true }))).toMatchObject({
      summary: 'Replace the account alias other with acme',
      risk: 'hard-to-undo',
      name: 'acme',
      replaces: 'other',
    });
    expect(changeOf(assess(acme, none))).toMatchObject({ summary: 'Set the account alias acme', risk: 'none', replaces: null });
  });
});

describe('observing the alias', () => {
  it('fails if the answer has no list', async () => {
    const { context } = accountOf({ 'iam:ListAccountAliases': () => ({}) });
    expect(await step.observe(context, desiredOf(step, {}, 'check'))).toMatchObject({
      alias: { ok: false, message: 'The answer to iam:ListAccountAliases has no AccountAliases' },
    });
  });

  it.each([
    ['an account with an alias', [{ AccountAliases: ['acme'] }], 'acme'],
    ['an account without an alias', [{ AccountAliases: [] }], undefined],
    [
      'a list that starts with an empty page',
      [{ AccountAliases: [], IsTruncated: true, Marker: 'two' }, { AccountAliases: ['acme'] }],
      'acme',
    ],
  ])('reads %s', async (_, pages, expected) => {
    const left = [...pages];
    const { context, sent } = accountOf({ 'iam:ListAccountAliases': () => left.shift() ?? {} });
    const observed = (await step.observe(context, desiredOf(step, {}, 'check'))) as { readonly alias: Reading<string | undefined> };
    expect(observed).toMatchObject({ accountId, partition: 'aws' });
    expect(observed.alias).toMatchObject({ ok: true, value: expected });
    expect(sent).toHaveLength(pages.length);
  });
});

describe('setting the alias', () => {
  const change = changeOf(assess(acme, none));

  it('sends the name in the one call of the plan', async () => {
    const { context, sent } = accountOf({ 'iam:CreateAccountAlias': () => ({}) });
    await step.apply(context, JSON.parse(JSON.stringify(change)));
    expect(sent).toEqual([{ operation: 'iam:CreateAccountAlias', input: { AccountAlias: 'acme' } }]);
    expect(change.calls).toEqual(['iam:CreateAccountAlias']);
  });

  it.each([
    ['acme', 'acme-aws, acme-prod, acme-team'],
    ['acme-x', 'acme-x-aws, acme-x-prod, acme-x-team'],
    [`${'a'.repeat(58)}-bcde`, `${'a'.repeat(58)}-aws, ${'a'.repeat(58)}-prod, ${'a'.repeat(58)}-team`],
  ])('reports that another customer has the alias %s, with valid suggestions', async (name, suggestions) => {
    const { context } = accountOf({ 'iam:CreateAccountAlias': () => 'EntityAlreadyExists' });
    await expect(step.apply(context, changeOf(assess({ name }, none)))).rejects.toMatchObject({
      code: 'E-ALIAS-TAKEN',
      step: 'alias',
      message: expect.stringContaining(`"${name}"`),
      next: expect.stringContaining(`--alias ${suggestions}.`),
      aws: { operation: 'iam:CreateAccountAlias', requestId: 'r-1' },
    });
    const [question] = step.questions;
    for (const suggestion of suggestions.split(', ')) expect(question?.validate(suggestion)).toBeUndefined();
  });

  it('rethrows other errors', async () => {
    const { context } = accountOf({ 'iam:CreateAccountAlias': () => 'AccessDenied' });
    await expect(step.apply(context, change)).rejects.toMatchObject({ code: 'AccessDenied' });
  });
});

describe('the question for an alias', () => {
  const offers = (reading: Reading<string | undefined>) =>
    step.questions[0]?.offers?.({ alias: reading, accountId, partition: 'aws' }, { answers: {} } as never);

  it('offers the current alias, and nothing if there is none or it cannot be read', () => {
    expect(offers(value('acme'))).toEqual([{ value: 'acme', reason: 'the current alias', sure: true }]);
    expect([offers(none), offers(unread)]).toEqual([[], []]);
  });
});
