import { appendFileSync } from 'node:fs';
import type { WireRequest } from './codec.js';
import { wildcard } from './policy.js';
import type { FaultRule, World } from './world.js';

/** The first rule that applies to this request. Counts the use. */
export function dueFault(world: World, call: string, account: string | undefined): FaultRule['what'] | undefined {
  for (const rule of world.knobs.faults ?? []) {
    if (rule.times === 0 || !wildcard(rule.operation, call)) continue;
    if (rule.account !== undefined && rule.account !== account) continue;
    if (rule.skip !== undefined && rule.skip > 0) {
      rule.skip -= 1;
      continue;
    }
    if (rule.times !== undefined) rule.times -= 1;
    return rule.what;
  }
  return undefined;
}

/** Counts a write. When it is due, the knob is deleted, so that the next process survives. */
export function dueCrash(world: World): 'before' | 'after' | undefined {
  const { crash } = world.knobs;
  if (crash === undefined) return undefined;
  crash.atWrite -= 1;
  if (crash.atWrite > 0) return undefined;
  delete world.knobs.crash;
  return crash.when;
}

/** Ends the process like a power cut: no handler runs, nothing is flushed. */
export function endProcess(save: () => void): never {
  save();
  process.kill(process.pid, 'SIGKILL');
  throw new Error('the `crash` knob of the practice account ended this process');
}

export function record(file: string, service: string, operation: string, request: WireRequest): void {
  const body = Buffer.from(request.body).toString('utf8');
  appendFileSync(file, `${JSON.stringify({ service, operation, headers: request.headers, body })}\n`, { mode: 0o600 });
}
