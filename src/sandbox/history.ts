import type { AccountWorld, World } from './world.js';

/**
 * The older state that IAM shows while a write has not spread yet. In memory only: a new process sees the current state.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
export interface History {
  /** Records the current state. Call it before and after each request. */
  readonly note: (world: World, now: Date) => void;
  /** The world with each account's IAM part as it was `lagMs` (the knob) ago. */
  readonly asOf: (world: World, now: Date) => World;
}

const parts = ['alias', 'users', 'groups', 'roles', 'policies', 'mfaDevices', 'passwordPolicy'] as const;
type IamPart = Pick<AccountWorld, (typeof parts)[number]>;
interface Snapshot {
  readonly at: number;
  readonly text: string;
}

export function openHistory(): History {
  let snapshots: Snapshot[] = [];
  return {
    note(world, now) {
      if (world.knobs.lagMs === undefined) {
        snapshots = [];
        return;
      }
      const text = iamOf(world);
      if (snapshots.at(-1)?.text !== text) snapshots.push({ at: now.getTime(), text });
    },
    asOf(world, now) {
      const { lagMs } = world.knobs;
      if (lagMs === undefined) return world;
      const horizon = now.getTime() - lagMs;
      const visible = snapshots.findLastIndex((snapshot) => snapshot.at <= horizon);
      // The state from when the knob was set counts as old enough: if no other snapshot is, show the oldest one.
      snapshots = snapshots.slice(Math.max(visible, 0));
      const then = snapshots[0];
      if (then === undefined) return world;
      const iam = JSON.parse(then.text) as Record<string, IamPart>;
      const accounts = Object.entries(world.accounts).map(([id, account]) => [id, { ...account, ...iam[id] }] as const);
      return { ...world, accounts: Object.fromEntries(accounts) };
    },
  };
}

const iamOf = (world: World): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(world.accounts).map(([id, account]) => [id, Object.fromEntries(parts.map((part) => [part, account[part]]))]),
    ),
  );
