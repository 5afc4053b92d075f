import type { Currency } from '../../core/account.js';
import { listed } from '../../core/text.js';
import * as z from 'zod/mini';

/**
 * Types of values in the sections of bootstrap.yaml. Each has a function that returns what is wrong with a text (for prompts), and a
 * schema with the same messages (for the file). Only the input side of a schema is in the published JSON Schema, so limits that an editor
 * can check are also part of it.
 */

export interface Money {
  /** Decimal, as the Budgets API requires it: `12.50`. */
  readonly amount: string;
  /** undefined: not given, so the currency of the partition applies. */
  readonly unit: Currency | undefined;
}

const moneyPattern = String.raw`^\s*(\$?)\s*(\d+(?:\.\d+)?|\.\d+)\s*([A-Za-z]*)\s*$`;
const percentagePattern = String.raw`^\s*(\d+(?:\.\d+)?)\s*%?\s*$`;
const aliasPattern = '^[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]$';
const iamNamePattern = String.raw`^[\w+=,.@-]{1,64}$`;
const datePattern = String.raw`^\d{4}-\d{2}-\d{2}$`;

const quoted = (text: string): string => JSON.stringify(text);

/** One `@`, text on both sides, a dot in the host, no spaces. Beyond that, AWS services have different rules. */
export const emailProblem = (text: string): string | undefined => {
  if (text === '') return 'an email address is missing; write it like name@example.com';
  // Bytes that are not UTF-8 come as U+FFFD.
  return /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text) && !/\p{C}|\uFFFD/u.test(text) && text.length <= 254
    ? undefined
    : `${quoted(text)} is not an email address; write it like name@example.com`;
};

/** Names that IAM allows for users and groups: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const iamNameProblem = (text: string): string | undefined => {
  if (text === '') return 'a name is missing; it has 1 to 64 characters';
  if (text.length > 64) return `${quoted(text)} has ${text.length} characters; IAM allows 64`;
  if (new RegExp(iamNamePattern).test(text)) return undefined;
  return `${quoted(text)} has characters that IAM does not allow; use letters, digits and + = , . @ _ - without spaces`;
};

/** Not `root`: everyone would read messages about such a user as messages about the root user. */
export const administratorNameProblem = (text: string): string | undefined =>
  text.toLowerCase() === 'root' ? `${quoted(text)} is the root user, not an IAM user; choose another name` : iamNameProblem(text);

/** The rules are in https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html; each has its own message. */
export const aliasProblem = (text: string): string | undefined => {
  if (text === '') return 'an alias is missing; write it like acme-prod';
  const broken = brokenAliasRule(text);
  if (broken === undefined) return undefined;
  // A similar valid alias, unless the text has letters that are not ASCII.
  const similar = text
    .toLowerCase()
    .replace(/[-_. ]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${quoted(text)} ${broken}${brokenAliasRule(similar) === undefined ? `; write ${quoted(similar)}` : ''}`;
};

const brokenAliasRule = (text: string): string | undefined => {
  if (text.length < 3 || text.length > 63)
    return `has ${text.length === 1 ? '1 character' : `${text.length} characters`}; an alias has 3 to 63`;
  if (/^\d{12}$/.test(text)) return 'is 12 digits; an alias must not look like an account id';
  if (/[A-Z]/.test(text)) return 'has capital letters';
  if (/[^a-z0-9-]/.test(text)) return 'can only have lowercase letters, digits and hyphens';
  if (text.startsWith('-') || text.endsWith('-')) return 'must not start or end with a hyphen';
  return text.includes('--') ? 'must not have two hyphens in a row' : undefined;
};

/** `billedIn`: the currency in which AWS bills the account, if it is known. */
export const moneyProblem = (text: string, billedIn?: Currency): string | undefined => {
  const [, dollar, amount, unit] = new RegExp(moneyPattern).exec(text) ?? [];
  if (amount === undefined) return `${quoted(text)} is not an amount of money; write it like 10 USD or 12.50 USD`;
  if (Number(amount) === 0) return `${quoted(text)} must be more than 0`;
  const currency = unit?.toUpperCase();
  if (dollar && currency !== '' && currency !== 'USD') {
    // AWS may not bill in the other currency.
    const [suggested] = [`${amount} ${currency}`, `${amount} USD`].filter((one) => moneyProblem(one) === undefined);
    return `${quoted(text)} names two currencies; write it like ${suggested}`;
  }
  if (currency !== '' && currencyOf(currency) === undefined)
    return `${quoted(text)}: AWS bills in USD (CNY in China, EUR in aws-eusc); write it like ${amount} USD`;
  const { unit: written } = toMoney(text);
  if (billedIn !== undefined && written !== undefined && written !== billedIn)
    return `${quoted(text)}: AWS bills in ${billedIn} here; write it like ${amount} ${billedIn}`;
  return undefined;
};

const currencies: readonly Currency[] = ['USD', 'CNY', 'EUR'];
const currencyOf = (text: string | undefined): Currency | undefined => currencies.find((one) => one === text);

/** The text must be an amount of money in a known currency. */
const toMoney = (text: string): Money => {
  const [, dollar, amount = '', unit = ''] = new RegExp(moneyPattern).exec(text) ?? [];
  const currency = unit === '' && dollar ? 'USD' : unit.toUpperCase();
  return {
    amount: amount.replace(/^0+(?=\d)/, '').replace(/^\./, '0.'),
    unit: currencyOf(currency),
  };
};

const percentageProblem = (text: string): string | undefined => {
  const [, number] = new RegExp(percentagePattern).exec(text) ?? [];
  return Number(number) > 0 ? undefined : `${quoted(text)} is not a percentage; write it like 80%`;
};

const dateProblem = (text: string): string | undefined => {
  const parsed = new RegExp(datePattern).test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // Date.parse reads 31 February as 3 March.
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(text)
    ? undefined
    : `${quoted(text)} is not a date; write it like 2027-01-31`;
};

const textProblem = (text: string, max: number): string | undefined => {
  if (text.trim() === '') return 'is empty';
  if (text.length > max) return `has ${text.length} characters; at most ${max} are allowed`;
  return /\p{Cc}/u.test(text) ? 'has a line break or another control character' : undefined;
};

const text = (problem: (text: string) => string | undefined, inJsonSchema: Readonly<Record<string, unknown>>) =>
  z.string().check(
    z.superRefine((value, context) => {
      const message = problem(value);
      if (message !== undefined) context.addIssue(message);
    }),
    z.meta(inJsonSchema),
  );

/** A value that can be written as a number or as text, and is converted to another type. */
const parsed = <T>(problem: (text: string) => string | undefined, convert: (text: string) => T, title: string, pattern: string) =>
  z
    .pipe(
      z.union([z.string().check(z.meta({ pattern })), z.number().check(z.meta({ exclusiveMinimum: 0 }))], {
        // The caller has its own message for an absent value.
        error: ({ input }) =>
          input === undefined ? undefined : problem(typeof input === 'object' ? JSON.stringify(input) : String(input)),
      }),
      z.transform((value, context) => {
        const message = problem(String(value));
        if (message === undefined) return convert(String(value));
        context.issues.push({ code: 'custom', message, input: value });
        return z.NEVER;
      }),
    )
    .check(z.meta({ title }));

export const email = text(emailProblem, { title: 'email address', format: 'email' });
export const iamName = text(iamNameProblem, { title: 'IAM name', pattern: iamNamePattern });
export const administratorName = text(administratorNameProblem, { title: 'IAM name', pattern: iamNamePattern });
export const aliasName = text(aliasProblem, { title: 'account alias', pattern: aliasPattern });
/** A real day, as text: `2026-11-23`. */
export const date = text(dateProblem, { title: 'date', format: 'date' });
/** One line of free text that AWS stores. */
export const awsText = (max: number) => text((value) => textProblem(value, max), { minLength: 1, maxLength: max });
/** `50%` or 50, converted to a number. Set a default with `z.prefault(percentage, '50%')`. */
export const percentage = parsed(percentageProblem, (value) => Number(value.replace('%', '')), 'percentage', percentagePattern);
/** `10 USD`, `12.50 USD`, `$10`, 10. Set a default with `z.prefault(money, '10 USD')`. */
export const money = parsed((value) => moneyProblem(value), toMoney, 'amount of money', moneyPattern);

/** "Attach X to the group G, create the user U in it and an access key for U": a repeated verb is written once. */
export const sentenceOf = (clauses: readonly (readonly [verb: string, object: string])[]): string => {
  const parts = clauses.map(([verb, object], at) => (clauses[at - 1]?.[0] === verb ? object : `${verb} ${object}`));
  return listed(parts).replace(/^./, (first) => first.toUpperCase());
};

/** Milliseconds of a day. */
export const dayMs = 86_400_000;

/** Whole days; 0 for a date in the future. */
export const daysSince = (then: Date, now: Date): number => Math.max(0, Math.floor((now.getTime() - then.getTime()) / dayMs));

const inDays = (days: number): string => (days === 1 ? '1 day' : `${days} days`);

/** `today`, `1 day ago`, `21 days ago`. */
export const ago = (days: number): string => (days === 0 ? 'today' : `${inDays(days)} ago`);

/** The later of two dates, of which either may be absent. Something has been unused since it was last used or created. */
export const laterOf = (a: Date | undefined, b: Date | undefined): Date | undefined =>
  a === undefined || b === undefined ? (a ?? b) : a >= b ? a : b;

/** CIS 2.11. */
const unusedDays = 45;

/** Whether something that was last used or created then counts as unused. */
export const isUnused = (since: Date, now: Date): boolean => daysSince(since, now) > unusedDays;
