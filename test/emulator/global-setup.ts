import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { type EmulatorEnvironment, EnvironmentUnavailable, ensureEnvironment } from './environment.js';
import { checkModel, describeViolation } from './model-check.js';
import { startMoto } from './moto.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Endpoint of the one moto server of this run; empty when the environment cannot be made here. */
    motoUrl: string;
    /** The AWS CLI; empty when the environment cannot be made here. */
    awsBin: string;
    /** Python with botocore; empty when the environment cannot be made here. */
    pythonBin: string;
    /** Requests recorded here as *.jsonl are checked against the service models when the run ends. */
    recordDir: string;
  }
}

/** Starts the emulator once for all suites; at the end, checks every request they recorded. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const environment = await environmentIfPossible();
  const moto = environment === undefined ? undefined : await startMoto(environment.python);
  const recordDir = await mkdtemp(path.join(tmpdir(), 'aws-requests-'));
  project.provide('motoUrl', moto?.url ?? '');
  project.provide('awsBin', environment?.aws ?? '');
  project.provide('pythonBin', environment?.python ?? '');
  project.provide('recordDir', recordDir);
  if (environment === undefined) return async () => rm(recordDir, { recursive: true });
  return async () => {
    // vitest prints what a teardown throws but exits 0 all the same, also when a teardown takes too long for it.
    const exitCode = process.exitCode;
    process.exitCode = 1;
    await moto?.stop();
    await checkRecords(environment, recordDir);
    process.exitCode = exitCode;
    await rm(recordDir, { recursive: true });
  };
}

async function environmentIfPossible(): Promise<EmulatorEnvironment | undefined> {
  try {
    return await ensureEnvironment();
  } catch (error) {
    // A machine of ours must run everything; a contributor's may lack Python.
    if (!(error instanceof EnvironmentUnavailable) || Boolean(process.env['CI'])) throw error;
    console.warn(`Emulator tests are skipped. ${error.message}`);
    return undefined;
  }
}

async function checkRecords(environment: EmulatorEnvironment, recordDir: string): Promise<void> {
  const names = (await readdir(recordDir, { recursive: true })).filter((name) => name.endsWith('.jsonl')).sort();
  const checked = await checkModel(
    environment.python,
    names.map((name) => path.join(recordDir, name)),
  );
  console.info(`Requests against the AWS service models: ${checked.summary}`);
  if (checked.violations.length === 0) return;
  const lines = checked.violations.map((violation) => `  ${describeViolation(violation)}`);
  throw new Error(`Requests break the AWS service models (records kept in ${recordDir}):\n${lines.join('\n')}`);
}
