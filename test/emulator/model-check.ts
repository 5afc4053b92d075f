import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../support/child-process.js';

export interface Violation {
  readonly file: string;
  /** Line of the file, from 1. */
  readonly line: number;
  readonly service: string;
  readonly operation: string;
  /** Path of the member, e.g. `Budget.BudgetLimit.Amount`; empty for the request as a whole. */
  readonly member: string;
  readonly rule: string;
  /** Never holds a secret's value. */
  readonly message: string;
}

export interface ModelCheck {
  readonly requests: number;
  /** `service:Operation`, sorted. */
  readonly operations: readonly string[];
  readonly violations: readonly Violation[];
  /** `N requests, M operations, K violations` */
  readonly summary: string;
}

const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'model_check.py');

/** Checks recorded requests (see test/support/wire-record.ts) against botocore's models of the services. */
export async function checkModel(python: string, files: readonly string[]): Promise<ModelCheck> {
  const ended = await run(python, ['-B', script, '--json', ...files]);
  if (ended.code !== 0 && ended.code !== 1) throw new Error(`model_check.py ended with code ${ended.code}: ${ended.stderr.trim()}`);
  return JSON.parse(ended.stdout) as ModelCheck;
}

export const describeViolation = (v: Violation): string =>
  `${path.basename(v.file)}:${v.line} ${v.service} ${v.operation} ${v.member || '(request)'} [${v.rule}] ${v.message}`;
