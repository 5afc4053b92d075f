import { Fault } from '../../src/sandbox/behaviour.js';
import { encodeFault, operationName } from '../../src/sandbox/codec.js';
import { accountOf } from '../../src/sandbox/credentials.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { isService } from '../../src/sandbox/services.js';
import { readSignature } from '../../src/sandbox/signature.js';

/** Requests a second, and how many may come at once: a token bucket. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** By operation, or by service for all its operations together. Each account has buckets of its own. */
export type RateLimits = Readonly<Record<string, RateLimit>>;

/**
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 * https://docs.aws.amazon.com/accounts/latest/reference/quotas.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * AWS publishes no rate for IAM, Budgets and Free Tier.
 */
export const documentedLimits: RateLimits = {
  'organizations:DescribeOrganization': { perSecond: 1, burst: 2 },
  'organizations:ListAccounts': { perSecond: 8, burst: 12 },
  'account:GetAccountInformation': { perSecond: 3, burst: 3 },
  'account:GetAlternateContact': { perSecond: 10, burst: 15 },
  'account:GetContactInformation': { perSecond: 10, burst: 15 },
  'cloudtrail:LookupEvents': { perSecond: 2, burst: 2 },
  sts: { perSecond: 600, burst: 600 },
};

/** The codes and the statuses by which the services refuse a request because of the rate. */
const refusals: Readonly<Record<string, readonly [code: string, status: number]>> = {
  organizations: ['TooManyRequestsException', 400],
  account: ['TooManyRequestsException', 429],
  iam: ['Throttling', 400],
  sts: ['Throttling', 400],
};

/** `sandbox.answer`, which refuses what is over the limits. A refused request costs nothing. */
export const throttled = (
  sandbox: Pick<Sandbox, 'answer'>,
  { limits, now }: { readonly limits: RateLimits; readonly now: () => number },
) => {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const counts = { refused: 0 };
  const takes = (name: string, { perSecond, burst }: RateLimit): boolean => {
    const at = now();
    const bucket = buckets.get(name) ?? { tokens: burst, at };
    const tokens = Math.min(burst, bucket.tokens + ((at - bucket.at) / 1000) * perSecond);
    const taken = tokens >= 1;
    buckets.set(name, { tokens: taken ? tokens - 1 : tokens, at });
    return taken;
  };
  const answer: Sandbox['answer'] = async (request, options) => {
    const { service, accessKeyId } = readSignature(request) ?? { service: '', accessKeyId: '' };
    if (isService(service)) {
      const operation = `${service}:${operationName(service, request)}`;
      const name = limits[operation] === undefined ? service : operation;
      const limit = limits[name];
      if (limit !== undefined && !takes(`${accountOf(accessKeyId) ?? accessKeyId} ${name}`, limit)) {
        counts.refused += 1;
        const [code, status] = refusals[service] ?? ['ThrottlingException', 400];
        return encodeFault(service, new Fault(code, status, 'Rate exceeded'), 'throttled');
      }
    }
    return sandbox.answer(request, options);
  };
  return { answer, counts };
};
