import { expect, it } from 'vitest';
import { inOrganization } from '../../support/organization-shell.js';
import { countRounds } from '../../support/request-handler.js';
import { createRounds } from '../../support/rounds.js';

it('checks ten members', { timeout: 60_000 }, async () => {
  const rounds = createRounds();
  const shell = await inOrganization({ members: 100, around: (handler) => countRounds(handler, rounds) });
  await shell.run(['check', '--org', '--output', 'json']);
  console.log(rounds.log.map((r) => r.length).join(' '), shell.calls().length);
  expect(rounds.log.length).toBeLessThanOrEqual(10);
});
