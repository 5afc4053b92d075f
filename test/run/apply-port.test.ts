import { expect, it } from 'vitest';
import type { ErrorInfo } from '../../src/core/errors.js';
import type { Finding } from '../../src/core/finding.js';
import type { StepStatus } from '../../src/core/report.js';
import type { AssessedStep } from '../../src/engine/assess.js';
import type { App } from '../../src/run/app.js';
import { applyPort } from '../../src/run/apply-port.js';

const error: ErrorInfo = { code: 'E-X', step: null, message: 'm', next: 'n', retryable: false, changed: false, aws: null };
const finding = (status: Finding['status'], by?: 'init' | 'hand', kind: Finding['kind'] = 'wanted'): Finding =>
  ({ id: 'x.y', kind, status, reason: '', evidence: [], ...(by === undefined ? {} : { remedy: { by } }) }) as unknown as Finding;
const stepOf = (title: string, ...findings: readonly Finding[]): AssessedStep =>
  ({ step: { title, findings: [] }, findings }) as unknown as AssessedStep;

const portWith = async () => {
  const ended: unknown[] = [];
  const applied: { done: readonly string[]; during: readonly string[] } = { done: [], during: [] };
  const progress = {
    notify: () => {},
    step: () => ({ notify: () => {}, changeStarted: () => {}, ended: (...given: readonly unknown[]) => ended.push(given) }),
  };
  const app = { enrol: async () => ({}), host: {}, progress } as unknown as App;
  const port = await applyPort(app, { boundary: {} } as never, {} as never, {} as never, applied);
  return { applied, ended, begin: port.progress };
};

it.each<readonly [StepStatus, ErrorInfo | null, done: boolean]>([
  ['done', null, true],
  ['manual', null, true],
  ['failed', error, false],
  ['blocked', null, false],
])('a step that ends as %s is done: %s', async (status, why, done) => {
  const { applied, begin } = await portWith();
  const [alias, other] = [stepOf('Alias'), stepOf('Budget')];
  const progress = begin(alias);
  begin(other);
  expect(applied).toEqual({ done: [], during: ['Alias', 'Budget'] });
  progress.ended(status, why, alias);
  expect(applied).toEqual({ done: done ? ['Alias'] : [], during: ['Budget'] });
});

it.each<readonly [StepStatus, ErrorInfo | null, number]>([
  ['manual', null, 2],
  ['manual', error, 0],
  ['done', null, 0],
])('a step that ends as %s with the error %j shows the manual steps that remain: %i', async (status, why, count) => {
  const { ended, begin } = await portWith();
  const step = stepOf(
    'MFA',
    finding('manual', 'hand'),
    finding('fail', 'hand'),
    finding('fail', 'init'),
    finding('pass'),
    finding('manual', 'hand', 'audit'),
  );
  begin(step).ended(status, why, step);
  expect(ended).toEqual([[status, why?.message, count]]);
});
