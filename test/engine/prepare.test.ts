import { describe, expect, it } from 'vitest';
import type { DesireContext } from '../../src/core/step.js';
import { prepare } from '../../src/engine/assess.js';
import { Lamps, lampStep, partOf } from './fake-steps.js';

const context = { command: 'init', unattended: true, secrets: 'none', switches: [] } as const;
const seenBy = (prepared: ReturnType<typeof prepare>, id: string): DesireContext =>
  (prepared.find(({ step }) => step.id === id) as { readonly desired: { readonly context: DesireContext } }).desired.context;

describe('what steps know of each other before anything is read', () => {
  const world = new Lamps();
  const admin = lampStep(world, 'admin-user', { intent: () => ({ admin: { name: 'alex', group: 'Admins' } as never }) });
  const mfa = lampStep(world, 'mfa', { intent: () => ({ mfa: { adminRequired: true, assign: 'unattended' } }) });

  it('is what each intends, whatever their order', () => {
    for (const steps of [
      [admin, mfa],
      [mfa, admin],
    ]) {
      const prepared = prepare(
        steps.map((step) => partOf(step, [])),
        context,
      );
      for (const id of ['admin-user', 'mfa']) {
        expect(seenBy(prepared, id).intents).toEqual({
          admin: { name: 'alex', group: 'Admins' },
          mfa: { adminRequired: true, assign: 'unattended' },
        });
      }
    }
  });

  it('has the intents of steps that do not run now, and none of steps that are not wanted', () => {
    const prepared = prepare([partOf(admin, [], { wanted: false, judged: false }), partOf(mfa, [])], context);
    expect(seenBy(prepared, 'mfa').intents.admin?.name).toBe('alex');
    const without = prepare([partOf(admin, [], { wanted: false, judged: false, intended: false }), partOf(mfa, [])], context);
    expect(seenBy(without, 'mfa').intents).not.toHaveProperty('admin');
  });

  it('shows which steps run: those that are wanted and judged', () => {
    const prepared = prepare([partOf(admin, [], { judged: false }), partOf(mfa, [])], context);
    const { running } = seenBy(prepared, 'mfa');
    expect(['admin-user', 'mfa', 'alias'].map(running)).toEqual([false, true, false]);
    expect(seenBy(prepare([partOf(admin, [], { wanted: false }), partOf(mfa, [])], context), 'mfa').running('admin-user')).toBe(false);
  });

  it('is known when each declares what it intends', () => {
    const intending: DesireContext[] = [];
    const step = lampStep(world, 'alias', {
      intent: ({ context: seen }) => {
        intending.push(seen);
        return {};
      },
    });
    prepare([partOf(mfa, []), partOf(step, [])], { ...context, switches: ['--replace-alias'] });
    expect(intending[0]).toMatchObject({ ...context, switches: ['--replace-alias'], intents: { mfa: { adminRequired: true } } });
    expect(intending[0]?.running('mfa')).toBe(true);
  });

  it('passes on what surrounds the run', () => {
    expect(seenBy(prepare([partOf(mfa, [])], { ...context, switches: ['--replace-alias'], unattended: false }), 'mfa')).toMatchObject({
      command: 'init',
      unattended: false,
      secrets: 'none',
      switches: ['--replace-alias'],
    });
  });
});
