import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { newFolder, repository, start } from '../e2e/program.js';

/** action.yml, as much of it as is used here. */
export interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly {
      readonly id: string;
      readonly shell: string;
      readonly run: string;
      readonly env: Readonly<Record<string, string>>;
      readonly 'working-directory'?: string;
    }[];
  };
}

export const action = parse(readFileSync(path.join(repository, 'action.yml'), 'utf8')) as Action;

/** A line that a runner obeys, unescaped as it unescapes it. */
export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

export interface ActionRun {
  /** Of the first step that failed; 0 when none did. */
  readonly code: number | null;
  readonly log: string;
  readonly commands: readonly Command[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/**
 * Runs the steps of action.yml as a GitHub runner does: inputs put in place of their expressions, a script file for bash, files for
 * outputs and summary, and a log that is searched for commands.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
 */
export const runAction = async (
  inputs: Readonly<Record<string, string>>,
  { workspace, env = {} }: { readonly workspace: string; readonly env?: Readonly<Record<string, string>> },
): Promise<ActionRun> => {
  const temp = newFolder();
  const values = new Map(Object.entries(action.inputs).map(([name, input]) => [`inputs.${name}`, inputs[name] ?? input.default]));
  const files = { output: path.join(temp, 'output'), summary: path.join(temp, 'summary') };
  const evaluated = (text: string): string => text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => values.get(name) ?? '');
  mkdirSync(workspace, { recursive: true });
  writeFileSync(files.summary, '');
  let [code, log]: [number | null, string] = [0, ''];
  for (const step of action.runs.steps) {
    const script = path.join(temp, `${step.id}.sh`);
    writeFileSync(script, step.run);
    writeFileSync(files.output, '');
    const ended = await start(step.shell, ['--noprofile', '--norc', '-eo', 'pipefail', script], {
      home: temp,
      cwd: path.resolve(workspace, evaluated(step['working-directory'] ?? '.')),
      env: {
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_ACTION_PATH: repository,
        GITHUB_WORKSPACE: workspace,
        GITHUB_OUTPUT: files.output,
        GITHUB_STEP_SUMMARY: files.summary,
        RUNNER_TEMP: temp,
        ...env,
        ...Object.fromEntries(Object.entries(step.env).map(([name, text]) => [name, evaluated(text)])),
      },
    }).ended;
    log += `${ended.stdout}${ended.stderr}`;
    code = ended.code;
    for (const line of readFileSync(files.output, 'utf8').split('\n').filter(Boolean)) {
      const at = line.indexOf('=');
      values.set(`steps.${step.id}.outputs.${line.slice(0, at)}`, line.slice(at + 1));
    }
    if (code !== 0) break;
  }
  // A composite action hands on what its steps put out, also when one of them failed.
  const outputs = Object.fromEntries(Object.entries(action.outputs).map(([name, { value }]) => [name, evaluated(value)]));
  return { code, log, commands: commandsIn(log), outputs, summary: readFileSync(files.summary, 'utf8') };
};

/** https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs, both of its forms, and stop-commands. */
export const commandsIn = (log: string): readonly Command[] => {
  const found: Command[] = [];
  let stopped: string | undefined;
  for (const line of log.split(/\r\n|\n|\r/)) {
    const [, name = '', given = '', message = ''] =
      /^\s*::([^\s:]+)(?: ([^]*?))?::([^]*)$/.exec(line) ?? /##\[([^\s\]]+)(?: ([^\]]*))?\](.*)$/.exec(line) ?? [];
    if (stopped !== undefined) {
      if (name === stopped) stopped = undefined;
      continue;
    }
    if (name === 'stop-commands') stopped = message;
    else if (name !== '') found.push({ name, properties: propertiesIn(given), message: unescaped(message) });
  }
  return found;
};

const propertiesIn = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text
      .split(',')
      .filter((part) => part.includes('='))
      .map((part) => [
        part.slice(0, part.indexOf('=')),
        unescaped(part.slice(part.indexOf('=') + 1))
          .replaceAll('%3A', ':')
          .replaceAll('%2C', ','),
      ]),
  );

const unescaped = (text: string): string => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
