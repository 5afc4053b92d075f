import { describe, expect, it } from 'vitest';
import { testClock } from '../support/host.js';
import { type Answer, fakeHandler, identityXml, sessionThrough, xmlError } from './fake-aws.js';

const here = testClock().now();
const dated = (answer: Answer, ms: number, name = 'date'): Answer => ({
  ...answer,
  headers: { ...answer.headers, [name]: new Date(here.getTime() + ms).toUTCString() },
});
const aheadAfter = async (answer: Answer): Promise<number | undefined> => {
  const session = sessionThrough(
    fakeHandler(() => answer),
    { now: () => here },
  );
  await session.send('sts:GetCallerIdentity', {}, new AbortController().signal).catch(() => undefined);
  return session.clockAheadMs();
};

describe('the clock of AWS', () => {
  it.each([
    ['ahead', 90_000],
    ['behind', -90_000],
    ['further off than the SDK minds', 3_600_000],
  ])('is known to be %s by the date of an answer', async (_, ms) => {
    const ahead = await aheadAfter(dated(identityXml('111122223333'), ms));
    // Dates of HTTP have whole seconds, rounded down: half a second more is the middle.
    expect(ahead).toBe(ms + 500);
  });

  it('is read from an error as well, and from a header in any case', async () => {
    expect(await aheadAfter(dated(xmlError('AccessDenied', 403), 60_000, 'Date'))).toBeGreaterThan(58_000);
  });

  it.each<[string, Answer]>([
    ['has no date', identityXml('111122223333')],
    ['has a date that is none', { ...identityXml('111122223333'), headers: { date: 'soon' } }],
  ])('is not known when an answer %s', async (_, answer) => {
    expect(await aheadAfter(answer)).toBeUndefined();
  });
});
