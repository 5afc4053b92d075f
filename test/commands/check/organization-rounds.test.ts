import { afterEach, expect, it, vi } from 'vitest';
import { inOrganization } from '../../support/organization-shell.js';
import { countRounds } from '../../support/request-handler.js';
import { createRounds } from '../../support/rounds.js';

afterEach(() => vi.unstubAllEnvs());

const atOnce = 32;

/** A list of 50 accounts has three pages, which are read one after the other. */
it.each([10, 50])(
  'check --org of %i members sends as many requests at once as it may, but for three rounds',
  { timeout: 120_000 },
  async (members) => {
    const rounds = createRounds();
    const place = await inOrganization({ members, around: (handler) => countRounds(handler, rounds) });
    const { code } = await place.run(['check', '--org', '--output', 'json']);
    const calls = place.calls().length;
    console.info(`${members} members: ${calls} requests in ${rounds.log.length} rounds`);
    expect(rounds.log[0]).toEqual(['sts:GetCallerIdentity']);
    expect(Math.max(...rounds.log.map(({ length }) => length))).toBeLessThanOrEqual(atOnce);
    expect(rounds.log.length).toBeLessThanOrEqual(Math.ceil(calls / atOnce) + 3);
    expect(code).toBe(0);
  },
);
