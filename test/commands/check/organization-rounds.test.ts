import { expect, it } from 'vitest';
import { inOrganization } from '../../support/organization-shell.js';
import { countRounds } from '../../support/request-handler.js';
import { createRounds } from '../../support/rounds.js';

const atOnce = 32;

// A list of 50 accounts has three pages, which are read one after the other.
it.each([
  { members: 10, spare: 3 },
  { members: 50, spare: 6 },
])('check --org of $members members keeps all slots busy, but for $spare rounds', { timeout: 120_000 }, async ({ members, spare }) => {
  const rounds = createRounds({ quietMs: 150 });
  const place = await inOrganization({ members, around: (handler) => countRounds(handler, rounds) });
  const { code } = await place.run(['check', '--org', '--output', 'json']);
  const calls = place.calls().length;
  console.info(`${members} members: ${calls} requests in ${rounds.log.length} rounds`);
  expect(rounds.log[0]).toEqual(['sts:GetCallerIdentity']);
  expect(Math.max(...rounds.log.map(({ length }) => length))).toBeLessThanOrEqual(atOnce);
  expect(rounds.log.length).toBeLessThanOrEqual(Math.ceil(calls / atOnce) + spare);
  expect(code).toBe(0);
});
