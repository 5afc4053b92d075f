import { describe, expect, it } from 'vitest';
import { annotations } from '../../action/annotations.js';
import type { Severity, Status } from '../../src/core/finding.js';
import * as fixtures from '../report/fixtures.js';
import { payloads } from '../report/payloads.js';
import { commandsIn } from './runner.js';

const place = { file: 'bootstrap.yaml', lineOf: (check: string) => (check === 'mfa.root' ? 4 : undefined) };
const one = (status: Status, severity: Severity = 'high', reason = 'reason') =>
  fixtures.report({ command: 'check', results: [{ ...fixtures.result('mfa.root', status, reason), severity }] });
const levelsOf = (lines: readonly string[]): readonly string[] => commandsIn(lines.join('\n')).map(({ name }) => name);

describe('annotations', () => {
  it.each<[Status, Severity, string[]]>([
    ['fail', 'critical', ['error']],
    ['fail', 'high', ['error']],
    ['fail', 'medium', ['warning']],
    ['fail', 'low', ['notice']],
    ['unknown', 'critical', ['warning']],
    ['manual', 'critical', ['notice']],
    ['pass', 'critical', []],
    ['waived', 'critical', []],
    ['not-applicable', 'critical', []],
  ])('of what is "%s" (%s) are %j', (status, severity, wanted) => {
    expect(levelsOf(annotations(one(status, severity), { limit: 10 }))).toEqual(wanted);
  });

  it('show what is wrong, where, and what to do', () => {
    const remediation = {
      by: 'hand',
      instructions: 'Sign in, 100 % as root',
      command: 'bootstrap init',
      url: 'https://aws.amazon.com/',
    } as const;
    const report = fixtures.report({
      command: 'check',
      results: [fixtures.result('mfa.root', 'fail', 'Root has no MFA', { remediation, severity: 'critical' })],
    });
    expect(annotations(report, { place, limit: 10 })).toEqual([
      '::error title=mfa.root (critical),file=bootstrap.yaml,line=4::Root has no MFA%0AFix: Sign in, 100 %25 as root%0ARun: bootstrap init%0ASee: https://aws.amazon.com/',
    ]);
  });

  it('name the permission that is missing', () => {
    const results = [
      fixtures.result('mfa.root', 'unknown', 'Could not be read', { missingPermission: 'iam:GetAccountSummary', cause: 'denied' }),
    ];
    expect(annotations(fixtures.report({ command: 'check', results }), { limit: 10 })).toEqual([
      '::warning title=mfa.root (unknown)::Could not be read%0AAllow: iam:GetAccountSummary',
    ]);
  });

  it('are at the first line when the config does not mention it, and have no line without a config', () => {
    const report = fixtures.report({ command: 'check', results: [fixtures.result('alias.set', 'fail', 'none')] });
    expect(commandsIn(annotations(report, { place, limit: 10 }).join('\n'))[0]?.properties).toMatchObject({
      file: 'bootstrap.yaml',
      line: '1',
    });
    expect(commandsIn(annotations(report, { limit: 10 }).join('\n'))[0]?.properties).toEqual({ title: expect.stringMatching(/^alias/) });
  });

  it('are ten at most, the worst of them, and fewer when fewer are wanted', () => {
    const severities = ['low', 'medium', 'high', 'critical'] as const;
    const results = Array.from({ length: 40 }, (_, n) => ({
      ...fixtures.result('mfa.root', 'fail', `n${n}`),
      severity: severities[n % 4] ?? 'low',
    }));
    const report = fixtures.report({ command: 'check', results });
    const shown = annotations(report, { limit: 99 });
    expect(shown).toHaveLength(10);
    expect(shown.every((line) => line.includes('(critical)'))).toBe(true);
    expect(annotations(report, { limit: 3 })).toEqual(shown.slice(0, 3));
    expect(annotations(report, { limit: 0 })).toEqual([]);
  });

  it('report what stopped the run, or a step of it', () => {
    expect(commandsIn(annotations(fixtures.checkExpired, { limit: 10 }).join('\n'))).toMatchObject([
      { name: 'error', properties: { title: 'E-SESSION-EXPIRED' }, message: expect.stringContaining('Next: sign in again') },
    ]);
    const titles = commandsIn(annotations(fixtures.initFailed, { limit: 10 }).join('\n')).map(({ properties }) => properties['title']);
    expect(titles.slice(0, 2)).toEqual(['E-AWS-LIMIT', 'E-ALIAS-TAKEN']);
  });

  it.each(payloads)('are one line and one command each, whatever a value is: %j', (payload) => {
    const results = [
      fixtures.result('mfa.root', 'fail', payload, {
        id: payload,
        remediation: { by: 'hand', instructions: payload, command: payload, url: payload },
        missingPermission: payload,
      }),
    ];
    const error = { code: payload, step: payload, message: payload, next: payload, retryable: false, changed: false, aws: null };
    const lines = annotations(fixtures.report({ command: 'check', results, error }), { place: { ...place, file: payload }, limit: 10 });
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
      const [command, ...more] = commandsIn(line);
      expect(more).toEqual([]);
      expect(command?.name).toBe('error');
      expect(Object.keys(command?.properties ?? {}).sort()).toEqual(['file', 'line', 'title']);
    }
  });
});
