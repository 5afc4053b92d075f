import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc } from '../support/fast-check.js';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/core/report.js';
import { redacted } from '../../src/report/redact.js';
import { savedReport } from '../../src/report/saved.js';
import { renderTable } from '../../src/report/table.js';
import { ownTexts } from '../../src/run/own-texts.js';
import { own, signedIn } from '../scenarios/practice-account.js';
import { formats, pathsOf, render, whole, withValue } from './format-fixtures.js';
import * as fixtures from './fixtures.js';

const texts = await ownTexts();
const redact = (report: RunReport): RunReport => redacted(report, texts);
const everyFormat = (report: RunReport): readonly string[] => [
  ...formats.map((format) => render(format, report)),
  ...[60, 120].map((width) =>
    renderTable(report, { width, color: false, unicode: true }, { ...fixtures.words, verbose: true, showWaived: true }),
  ),
];

/** Every field that a report of any command can have. */
const complete: RunReport = {
  ...whole,
  account: {
    ...fixtures.account,
    alias: 'alias',
    plan: { type: 'free', status: 'active', remainingCredits: { amount: 1, unit: 'USD' }, expiresOn: null },
  },
  accounts: [
    {
      ...fixtures.account,
      id: '210987654321',
      alias: 'other',
      name: 'Name',
      state: 'ACTIVE',
      unseen: 'unseen',
      identity: { kind: 'role', arn: 'arn:aws:sts::210987654321:assumed-role/Role/session' },
      summary: whole.summary,
    },
  ],
  kept: [{ step: 'alias', what: 'what', why: 'why', manual: 'manual' }],
  recap: [{ label: 'label', value: 'value' }],
};
const paths = pathsOf(complete).filter((path) => !/references|^account\.plan/.test(path.join('.')));

/** A value that identifies someone, and the parts of it that must not appear. */
const canary = fc
  .tuple(fc.integer({ min: 0, max: 9 }), fc.stringMatching(/^[b-dfghjkmnpqrstvwxz]{6}$/), fc.integer({ min: 1_000_000, max: 9_999_999 }))
  .map(([kind, word, number]): readonly [text: string, parts: readonly string[]] => {
    const digits = String(number);
    switch (kind) {
      case 0:
        return [`the user ${word}`, [word]];
      case 1:
        return [`mail to ${word}.${word}+x@${word}.example, and to others`, [word]];
      case 2:
        return [`11111${digits}`, [digits]];
      case 3:
        return [`arn:aws:iam::11111${digits}:user/path/${word}`, [word, digits]];
      case 4:
        return [`AKIA${word.toUpperCase()}${digits}`, [word.toUpperCase(), digits]];
      case 5:
        return [`call +1 (${digits.slice(0, 3)}) ${digits.slice(3)} 99`, [`${digits.slice(3)} 99`]];
      case 6:
        return [`https://${word}.signin.aws.amazon.com/console/?user=${word}#${digits}`, [word, digits]];
      case 7:
        return [`"Émile ${word}-日本${word}" \u202e${word}`, ['Émile', '日本', word]];
      case 8:
        return [`/home/${word}/${digits}.yaml:9`, [word, digits]];
      default:
        return [`o-${word}${digits}, ou-${word}-${digits}x, ${word}_${digits}`, [word, digits]];
    }
  });

describe('a redacted report', () => {
  it('has none of the values of an account, in any field and any format', () => {
    expect(paths.length).toBeGreaterThan(70);
    fc.assert(
      fc.property(fc.array(canary, { minLength: paths.length, maxLength: paths.length }), (canaries) => {
        const report = paths.reduce((all, path, at) => withValue(all, path, canaries[at]?.[0] ?? ''), complete);
        const parts = canaries.flatMap(([, found]) => found);
        for (const text of everyFormat(redact(report))) for (const part of parts) expect(text).not.toContain(part);
      }),
      { numRuns: 25 },
    );
  });

  it('has no key that this version does not know', () => {
    const more = {
      ...fixtures.checkWithFailures,
      extra: 'canary',
      tool: { ...fixtures.checkWithFailures.tool, by: 'canary' },
    } as RunReport;
    const [first] = more.results;
    expect(JSON.stringify(redact({ ...more, results: [{ ...first, note: 'canary' } as never] }))).not.toContain('canary');
  });

  it.each(
    Object.entries({ complete, ...fixtures }).filter(
      ([, value]) => typeof value === 'object' && value !== null && 'schemaVersion' in value,
    ),
  )('is a result like any other: %s', (_, report) => {
    expect(savedReport.safeParse(JSON.parse(JSON.stringify(redact(report as RunReport)))).error).toBeUndefined();
  });

  /** Texts are hidden; everything else stays. The references are those of this version. */
  const shapeOf = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shapeOf);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (key === 'references' ? [] : [[key, shapeOf(one)]])));
    return typeof value === 'string' ? 'text' : value;
  };
  const stopped = { ...fixtures.checkWithFailures, exit: { code: 6, name: 'not-ready', retryAfterSeconds: 60 }, account: null } as const;
  const standalone = { ...fixtures.checkWithFailures, account: { ...fixtures.account, alias: null, plan: null } };
  it.each(
    Object.entries({ complete, stopped, standalone, ...fixtures }).filter(
      ([, value]) => typeof value === 'object' && value !== null && 'schemaVersion' in value,
    ),
  )('has every field of the report, and the same numbers: %s', (_, report) => {
    expect(shapeOf(redact(report as RunReport))).toEqual(shapeOf(report));
  });

  it.each([
    ['aws', 'aws'],
    ['sandbox', 'sandbox'],
    ['several', 'several'],
    ['http://10.1.2.3:4566', 'endpoint-1'],
  ])('of the target %s has the target %s', (target, hidden) => {
    expect(redact({ ...fixtures.checkWithFailures, target }).target).toBe(hidden);
  });

  it.each([
    ['1.22.3', '1.22.3'],
    ['x1.2.3', 'name-1.2.3'],
    ['1.2.3-zorblax', '1.2.3-name-1'],
  ])('of the version %s has the version %s', (version, hidden) => {
    expect(redact({ ...fixtures.checkWithFailures, tool: { name: 'aws-account-bootstrap', version } }).tool.version).toEqual(hidden);
  });

  it.each([
    [0, 'ok'],
    [3, 'differs'],
    [130, 'interrupted'],
  ] as const)('has the name of the exit code %i, and not what a file says', (code, name) => {
    const given = code === 130 ? 'interrupted' : 'zorblax';
    expect(redact({ ...fixtures.checkWithFailures, exit: { code, name: given } }).exit.name).toBe(name);
    expect(redact({ ...fixtures.checkWithFailures, exit: { code, name: 'zorblax' } }).exit.name).not.toBe('zorblax');
  });

  it('has a fingerprint for each account, check and resource', () => {
    const prints = redact(fixtures.checkWithFailures).results.map(({ fingerprint }) => fingerprint);
    expect(prints.every((print) => /^[\da-f]{32}$/.test(print))).toBe(true);
    expect(new Set(prints).size).toBe(new Set(fixtures.checkWithFailures.results.map(({ id, resource }) => `${id} ${resource}`)).size);
    expect(prints.some((print) => fixtures.checkWithFailures.results.some(({ fingerprint }) => fingerprint === print))).toBe(false);
  });

  it('reports the same about the checks', () => {
    const about = ({ results }: RunReport) =>
      results.map(({ id, step, kind, status, severity, missingPermission, cause }) => ({
        id,
        step,
        kind,
        status,
        severity,
        missingPermission,
        cause,
      }));
    expect(about(redact(fixtures.checkWithFailures))).toEqual(about(fixtures.checkWithFailures));
    expect(redact(fixtures.checkWithFailures).exit).toEqual(fixtures.checkWithFailures.exit);
  });

  const arn = (name: string): string => `arn:aws:iam::${fixtures.accountId}:user/${name}`;
  const rows: readonly (readonly [title: string, text: string, expected: string, resource?: string])[] = [
    ['an account id', `Account ${fixtures.accountId}`, 'Account account-1'],
    ['another account id', 'Account 999988887777', 'Account account-2'],
    ['a user', 'The user carla has no MFA device', 'The user user-1 has no MFA device', arn('team/carla')],
    ['a user in its ARN', `See ${arn('carla')}.`, 'See arn:aws:iam::account-1:user/user-1', arn('carla')],
    ['a user with a word of the tool as its name', 'The user admin has no password', 'The user user-1 has no password', arn('admin')],
    ['not the step', '`bootstrap init --only admin-user`', '`bootstrap init --only admin-user`', arn('admin')],
    [
      'a budget with words of the tool as its name',
      'The budget Monthly cost budget has no alert',
      'The budget name-1 has no alert',
      'Monthly cost budget',
    ],
    ['a name that nothing else shows', 'changed by zora', 'changed by name-1'],
    ['a mail address', 'mail to Ann.B+x@example.com, now', 'mail to mail-1, now'],
    ['a key', 'The key AKIAIOSFODNN7EXAMPLE is old', 'The key key-1 is old'],
    ['a phone number', 'phone +1 (206) 555 0100, now', 'phone phone-1, now'],
    ['a session', 'arn:aws:sts::999988887777:assumed-role/Deployer/ann', 'arn:aws:sts::account-2:assumed-role/role-1/session-1'],
    ['not a policy of AWS', 'arn:aws:iam::aws:policy/AdministratorAccess', 'arn:aws:iam::aws:policy/AdministratorAccess'],
    ['a policy of the account', 'arn:aws:iam::999988887777:policy/ReadOnlyAccess', 'arn:aws:iam::account-2:policy/policy-1'],
    [
      'not a day, a time or an amount',
      'on 2026-11-23 at 2026-11-23T10:15:00.000Z 12500.50 USD',
      'on 2026-11-23 at 2026-11-23T10:15:00.000Z 12500.50 USD',
    ],
    [
      'not a page of the console',
      'https://console.aws.amazon.com/billing/home#/account',
      'https://console.aws.amazon.com/billing/home#/account',
    ],
    [
      'a user in a page of the console',
      'https://console.aws.amazon.com/iam/home#/users/details/zora',
      'https://console.aws.amazon.com/iam/home#/users/details/name-1',
    ],
  ];
  it.each(rows)('hides %s', (_, reason = '', expected = '', resource = fixtures.accountId) => {
    const report = { ...fixtures.checkAllFine, account: null, results: [fixtures.result('mfa.admin', 'fail', reason, { resource })] };
    expect(redact(report).results[0]?.reason.replace(/\.$/, '')).toBe(expected);
  });

  it('has one placeholder for a value wherever it is', () => {
    const [first, second] = redact({
      ...fixtures.checkAllFine,
      results: [
        fixtures.result('mfa.admin', 'fail', 'carla and zora', { resource: arn('carla'), observed: 'zora' }),
        fixtures.result('access-keys.age', 'fail', 'zora, then carla', { resource: arn('zora') }),
      ],
    }).results;
    expect([first?.resource, first?.reason, first?.observed]).toEqual([
      'arn:aws:iam::account-1:user/user-2',
      'user-2 and user-3',
      'user-3',
    ]);
    expect([second?.resource, second?.reason]).toEqual(['arn:aws:iam::account-1:user/user-3', 'user-3, then user-2']);
  });

  // Quadratic time would take minutes.
  it.each([
    'a',
    'a.',
    '@',
    'a@',
    '1',
    '1 ',
    '1(',
    '(',
    'arn:',
    'arn:a:b:c:1:',
    'arn:aws:iam::1:.',
    'o-',
    '1.',
    '-',
    'ab12-',
    'admin-',
    'é',
    '\ue0001',
  ])(
    'takes time in proportion to the text: %j',
    (part) => {
      const reason = part.repeat(500_000 / part.length);
      const report = { ...fixtures.checkAllFine, results: [fixtures.result('mfa.admin', 'fail', reason, { resource: reason })] };
      expect(redact(report).results).toHaveLength(1);
    },
    20_000,
  );

  it('does not show an account by its fingerprints', () => {
    const before = fixtures.checkWithFailures.results.map(({ fingerprint }) => fingerprint);
    const after = redact(fixtures.checkWithFailures).results.map(({ fingerprint }) => fingerprint);
    expect(after.filter((one) => before.includes(one))).toEqual([]);
    expect(new Set(after).size).toBeGreaterThanOrEqual(new Set(before).size);
  });
});

describe('check --redact', () => {
  /** Words that are not the same in the two texts. */
  const hiddenWords = (before: string, after: string): readonly string[] => {
    const words = (text: string): readonly string[] => text.split(/[\s"'`,;:()/]+/).map((word) => word.replace(/\.$/, ''));
    const kept = new Set(words(after));
    return words(before).filter((word) => !kept.has(word));
  };

  it('hides names and no other words', async () => {
    const shell = await signedIn();
    const run = async (...flags: readonly string[]) =>
      JSON.parse((await shell.run(['check', '--output', 'json', ...flags])).stdout) as RunReport;
    const [before, after] = [await run(), await run('--redact')];
    const hidden = before.results.flatMap(({ reason }, at) => hiddenWords(reason, after.results[at]?.reason ?? ''));
    expect([...new Set(hidden)].filter((word) => !word.includes(own))).toEqual([]);
    expect(before.results.length).toBeGreaterThanOrEqual(20);
  });

  it.each(['table', ...formats])('prints no name and no id on either stream: %s', async (format) => {
    const names = ['zorblax', 'Quill Vantar', 'vantar@corp.example', '+1 206 777 8899'];
    const [alias = '', Name = '', EmailAddress = '', PhoneNumber = ''] = names;
    const shell = await signedIn({
      edit: (account) => {
        account.alias = alias;
        account.alternateContacts = { BILLING: { Name, Title: 'CFO', EmailAddress, PhoneNumber } };
      },
    });
    for (const [flags, code] of [
      [[], 3],
      [['--config', `${alias}.yaml`], 2],
    ] as const) {
      const ran = await shell.run(['check', '--redact', '--verbose', '--output', format, ...flags]);
      expect(ran.code).toBe(code);
      for (const name of [own, ...names, 'Vantar', 'CFO']) expect(ran.stdout + ran.stderr).not.toContain(name);
    }
  });

  it('names no config file in SARIF, which otherwise points into it', async () => {
    const shell = await signedIn();
    writeFileSync(join(shell.home, 'zorblax.yaml'), 'version: 1\nalias: { name: acme-prod }\n');
    const argv = ['check', '--only', 'alias', '--output', 'sarif', '--config', 'zorblax.yaml'];
    expect((await shell.run(argv)).stdout).toContain('zorblax.yaml');
    expect((await shell.run([...argv, '--redact'])).stdout).not.toContain('zorblax');
  });

  it('prints no warning of a config, which may contain names', async () => {
    const shell = await signedIn();
    const waiver = '{ check: alias.set, reason: zorblax, owner: vantar, expires: 2025-01-15 }';
    writeFileSync(join(shell.home, 'bootstrap.yaml'), `version: 1\nbudget: false\nwaivers: [${waiver}]\n`);
    const argv = ['check', '--output', 'json'];
    const plain = await shell.run(argv);
    expect(plain.stderr).toMatch(/Warning: .*leaves out budget/);
    expect(plain.stderr + plain.stdout).toContain('vantar');
    const { stdout, stderr } = await shell.run([...argv, '--redact']);
    expect(stderr).not.toMatch(/Warning|bootstrap\.yaml/);
    for (const name of ['zorblax', 'vantar']) expect(stdout + stderr).not.toContain(name);
  });
});

it('bootstrap report --redact shows no name of a file that it cannot read', async () => {
  const shell = await signedIn();
  const { code, stdout, stderr } = await shell.run(['report', 'zorblax.json', '--redact', '--output', 'json']);
  expect([code, (JSON.parse(stdout) as RunReport).error?.code]).toEqual([2, 'E-REPORT-FILE']);
  expect(stdout + stderr).not.toContain('zorblax');
});
