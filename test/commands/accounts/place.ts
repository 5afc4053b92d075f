import type { AccountsReport } from '../../../src/core/accounts.js';
import { newAccount } from '../../../src/sandbox/new-world.js';
import type { SandboxRequestHandler } from '../../../src/sandbox/request-handler.js';
import type { FaultRule, HandshakeWorld } from '../../../src/sandbox/world.js';
import { inOrganization } from '../../support/organization-shell.js';

export const management = '111122223333';
export const [first, second] = ['200000000001', '200000000002'] as const;
/** An account outside of the organization. */
export const other = '444455556666';
export const invited = 'h-exampleinvite1';

export type Place = Awaited<ReturnType<typeof placed>>;

/** An organization, and runs of `accounts` in it. */
export const placed = async (options: Partial<Parameters<typeof inOrganization>[0]> = {}) => {
  const place = await inOrganization({ members: [[], []], ...options });
  const { world } = place.sandbox;
  world.accounts[other] = newAccount({ id: other, name: 'Other', email: 'other@example.com', now: place.clock.now() });
  const accounts = async (...argv: readonly string[]) => {
    const ran = await place.run(['accounts', ...argv, '--output', 'json']);
    return { ...ran, report: JSON.parse(ran.stdout) as AccountsReport };
  };
  return {
    ...place,
    world,
    accounts,
    approved: (...argv: readonly string[]) => accounts(...argv, '--yes', '--account-id', management),
    invite: (over: Partial<HandshakeWorld> = {}): void =>
      void world.handshakes.push({
        id: invited,
        action: 'INVITE',
        organizationId: world.organizations[0]?.id ?? '',
        state: 'OPEN',
        target: { id: other, type: 'ACCOUNT' },
        requestedAt: place.clock.now().toISOString(),
        expiresAt: '2026-12-08T10:00:00.000Z',
        ...over,
      }),
    failing: (...faults: readonly FaultRule[]): void => void (world.knobs.faults = [...faults]),
    sent: (operation: string) => place.sandbox.calls.filter((call) => call.operation === operation),
    writes: (): readonly string[] => place.sandbox.calls.filter(({ write }) => write).map(({ operation }) => operation),
  };
};

/** Someone else, who acts just before AWS gets a request that has these words. */
export const actingBefore = (handler: SandboxRequestHandler, words: string, act: () => void): SandboxRequestHandler => ({
  ...handler,
  handle: (request, options) => {
    const body = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body as Uint8Array);
    if (`${request.headers['x-amz-target'] ?? ''} ${body}`.includes(words)) act();
    return handler.handle(request, options);
  },
});
