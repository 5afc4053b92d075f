import { fc } from '../../support/fast-check.js';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { adminUser } from '../../../src/steps/admin-user/index.js';
import * as values from '../../../src/steps/shared/values.js';

const { aliasProblem, emailProblem, iamNameProblem, moneyProblem } = values;

const table = (
  problem: (text: string) => string | undefined,
  rows: readonly (readonly [text: string, message: string | undefined])[],
): void => {
  for (const [text, message] of rows) {
    it(`${JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)} ${message === undefined ? 'is accepted' : 'is refused'}`, () => {
      expect(problem(text)).toBe(message);
    });
  }
};

describe('an account alias', () => {
  table(aliasProblem, [
    ['acme-prod', undefined],
    ['a1b', undefined],
    ['1234567890123', undefined],
    ['a'.repeat(63), undefined],
    ['', 'an alias is missing; write it like acme-prod'],
    ['ab', '"ab" has 2 characters; an alias has 3 to 63'],
    ['a'.repeat(64), `"${'a'.repeat(64)}" has 64 characters; an alias has 3 to 63`],
    ['Acme', '"Acme" has capital letters; write "acme"'],
    ['Bad_Alias', '"Bad_Alias" has capital letters; write "bad-alias"'],
    ['A_b', '"A_b" has capital letters; write "a-b"'],
    ['Äcme', '"Äcme" can only have lowercase letters, digits and hyphens'],
    ['A__', '"A__" has capital letters'],
    ['A-11111', '"A-11111" has capital letters; write "a-11111"'],
    ['123456789012_', '"123456789012_" can only have lowercase letters, digits and hyphens'],
    ['acme_prod', '"acme_prod" can only have lowercase letters, digits and hyphens; write "acme-prod"'],
    ['acme.prod', '"acme.prod" can only have lowercase letters, digits and hyphens; write "acme-prod"'],
    ['äcme', '"äcme" can only have lowercase letters, digits and hyphens'],
    ['acme\n', '"acme\\n" can only have lowercase letters, digits and hyphens'],
    ['-acme', '"-acme" must not start or end with a hyphen; write "acme"'],
    ['acme-', '"acme-" must not start or end with a hyphen; write "acme"'],
    ['acme--prod', '"acme--prod" must not have two hyphens in a row; write "acme-prod"'],
    ['123456789012', '"123456789012" is 12 digits; an alias must not look like an account id'],
  ]);

  it('is only suggested if it is valid', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z0-9_. -]{0,66}$/), fc.stringMatching(/^[_-]?\d{11,13}[_-]?$/));
    fc.assert(
      fc.property(texts, (text) => {
        const [, suggested] = /; write (".*")$/s.exec(aliasProblem(text) ?? '') ?? [];
        if (suggested !== undefined) expect(aliasProblem(JSON.parse(suggested) as string)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused exactly when the pattern of AWS does not match', () => {
    const aws = /^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$/;
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9-]{0,65}$/), fc.stringMatching(/^[0-9]{11,13}$/)), (text) => {
        expect(aliasProblem(text) === undefined).toBe(aws.test(text) && !/^\d{12}$/.test(text) && !text.includes('\n'));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('an administrator name', () => {
  table(values.administratorNameProblem, [
    ['alex', undefined],
    ['rooted', undefined],
    ['root', '"root" is the root user, not an IAM user; choose another name'],
    ['Root', '"Root" is the root user, not an IAM user; choose another name'],
    ['', iamNameProblem('')],
  ]);

  it('is validated the same way in the file and at a prompt', () => {
    expect(adminUser.schema.safeParse({ name: 'root' }).error?.issues[0]?.message).toMatch(/is the root user/);
    expect(adminUser.questions.find(({ path }) => path === 'name')?.validate('ROOT')).toMatch(/is the root user/);
  });
});

describe('an email address', () => {
  const no = (text: string) => `${JSON.stringify(text)} is not an email address; write it like name@example.com`;
  table(emailProblem, [
    ['ops@example.com', undefined],
    ['aws+sandbox@mail.example.co.uk', undefined],
    ['jörg@exämple.com', undefined],
    ['\uFFFD@example.com', no('\uFFFD@example.com')],
    ['a@ex\u0007ample.com', no('a@ex\u0007ample.com')],
    ['a\u202E@example.com', no('a\u202E@example.com')],
    ['', 'an email address is missing; write it like name@example.com'],
    ...[
      'ops',
      'ops@',
      '@example.com',
      'ops@example',
      'a@b@example.com',
      'a b@example.com',
      'ops@example.',
      'ops@.com',
      'ops@a..b',
      `${'a'.repeat(250)}@b.cd`,
    ].map((text) => [text, no(text)] as const),
  ]);
});

describe('an IAM name', () => {
  table(iamNameProblem, [
    ['alex', undefined],
    ['a.b+c=d,e@f_g-h', undefined],
    ['a'.repeat(64), undefined],
    ['', 'a name is missing; it has 1 to 64 characters'],
    ['a'.repeat(65), `"${'a'.repeat(65)}" has 65 characters; IAM allows 64`],
    ['a b', '"a b" has characters that IAM does not allow; use letters, digits and + = , . @ _ - without spaces'],
    ['a/b', '"a/b" has characters that IAM does not allow; use letters, digits and + = , . @ _ - without spaces'],
    ['alex\n', '"alex\\n" has characters that IAM does not allow; use letters, digits and + = , . @ _ - without spaces'],
  ]);
});

describe('an amount of money', () => {
  const no = (text: string) => `${JSON.stringify(text)} is not an amount of money; write it like 10 USD or 12.50 USD`;
  table(moneyProblem, [
    ['10 USD', undefined],
    ...['', 'ten dollars', '-5 USD', '10,50 USD', '1e3', '10 US D', '10. USD', 'USD 10', '0x10'].map((text) => [text, no(text)] as const),
    ['0 USD', '"0 USD" must be more than 0'],
    ['0.00', '"0.00" must be more than 0'],
    ['10 GBP', '"10 GBP": AWS bills in USD (CNY in China, EUR in aws-eusc); write it like 10 USD'],
    ['$10 CNY', '"$10 CNY" names two currencies; write it like 10 CNY'],
    ['$10 EUR', '"$10 EUR" names two currencies; write it like 10 EUR'],
    ['$10 GBP', '"$10 GBP" names two currencies; write it like 10 USD'],
  ]);

  const read: readonly (readonly [written: unknown, amount: string, unit: string | undefined])[] = [
    ['10 USD', '10', 'USD'],
    ['12.50 USD', '12.50', 'USD'],
    ['70 CNY', '70', 'CNY'],
    ['10 EUR', '10', 'EUR'],
    ['10 eur', '10', 'EUR'],
    ['$10', '10', 'USD'],
    ['$ 10 usd', '10', 'USD'],
    ['10usd', '10', 'USD'],
    [' 007 ', '7', undefined],
    ['.5', '0.5', undefined],
    [10, '10', undefined],
    [12.5, '12.5', undefined],
  ];
  for (const [written, amount, unit] of read) {
    it(`${JSON.stringify(written)} is ${amount} ${unit ?? 'without a currency'}`, () =>
      expect(values.money.parse(written)).toEqual({ amount, unit }));
  }

  it('is converted to a form that the Budgets API accepts', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.stringMatching(/^\$?[0-9]{0,4}\.?[0-9]{0,3} ?[A-Za-z]{0,3}$/)), (written) => {
        const result = values.money.safeParse(written);
        if (result.success) expect(result.data.amount).toMatch(/^([0-9]*\.)?[0-9]+$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a percentage', () => {
  it('can be written with or without the sign, as text or as a number', () => {
    for (const [written, number] of [
      ['50%', 50],
      ['50 %', 50],
      ['50', 50],
      [50, 50],
      ['99.5%', 99.5],
      ['150%', 150],
    ] as const)
      expect(values.percentage.parse(written)).toBe(number);
  });

  it('must be a number greater than 0', () => {
    for (const written of ['0%', 0, '-5%', 'half', '%', '', true, [50]])
      expect(values.percentage.safeParse(written).error?.issues[0]?.message).toMatch(/ is not a percentage; write it like 80%$/);
  });
});

describe('a date', () => {
  it('is a real day', () => {
    for (const text of ['2026-11-23', '2028-02-29']) expect(values.date.parse(text)).toBe(text);
    for (const text of ['2027-02-29', '2026-13-01', '2026-1-1', '23.11.2026', '2026-11-23T00:00:00Z', '', '2026-11-00'])
      expect(values.date.safeParse(text).error?.issues[0]?.message).toBe(`${JSON.stringify(text)} is not a date; write it like 2027-01-31`);
  });
});

describe('one line of text', () => {
  const problem = (text: string) => values.awsText(5).safeParse(text).error?.issues[0]?.message;
  it('must not be empty, too long, or have control characters', () => {
    expect(problem('abcde')).toBeUndefined();
    expect(problem('   ')).toBe('is empty');
    expect(problem('abcdef')).toBe('has 6 characters; at most 5 are allowed');
    expect(problem('a\nb')).toBe('has a line break or another control character');
  });
});

describe('JSON Schema', () => {
  it('keeps the limits of every value type under a description', () => {
    const { email, iamName, aliasName, date, percentage, money, awsText } = values;
    const schema = z.object({
      email: email.check(z.describe('d')),
      name: iamName.check(z.describe('d')),
      alias: aliasName.check(z.describe('d')),
      date: date.check(z.describe('d')),
      at: z.prefault(percentage, '80%').check(z.describe('d')),
      limit: z.prefault(money, '10 USD').check(z.describe('d')),
      text: awsText(7).check(z.describe('d')),
    });
    expect(z.toJSONSchema(schema, { io: 'input' }).properties).toMatchObject({
      email: { type: 'string', format: 'email', description: 'd' },
      name: { type: 'string', pattern: expect.any(String) },
      alias: { type: 'string', pattern: expect.any(String) },
      date: { type: 'string', format: 'date' },
      at: {
        title: 'percentage',
        default: '80%',
        anyOf: [
          { type: 'string', pattern: expect.any(String) },
          { type: 'number', exclusiveMinimum: 0 },
        ],
      },
      limit: { title: 'amount of money', default: '10 USD' },
      text: { minLength: 1, maxLength: 7 },
    });
  });
});
