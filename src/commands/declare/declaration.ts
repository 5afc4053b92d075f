import type { Command } from 'commander';
import type { App, Globals, Host } from '../../app.js';

/** What a command is declared with: its host, and a function that receives its exit code. */
export interface Declaration {
  readonly host: Host;
  readonly ended: (code: Promise<number>) => Promise<void>;
}

/** Adds a command with its flags to the program. Its code is loaded only when it runs: `--help` must stay fast. */
export type Declare = (program: Command, declaration: Declaration) => void;

export const appOf = async (host: Host, options: Globals): Promise<App> => (await import('../../app.js')).makeApp(host, options);
