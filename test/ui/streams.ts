import { PassThrough } from 'node:stream';
import { makeTerminal, type Terminal, type TerminalParts } from '../../src/ui/terminal.js';

/** A stream in memory that can act as a terminal. */
export const screen = (tty: boolean, columns = 80): NodeJS.WriteStream & { readonly text: () => string } => {
  const stream = new PassThrough();
  const chunks: string[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString('utf8')));
  return Object.assign(stream, {
    isTTY: tty,
    columns: tty ? columns : undefined,
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
    text: () => chunks.join(''),
  }) as never;
};

export const parts = (
  more: Partial<Omit<TerminalParts, 'flags'>> & { readonly flags?: Partial<TerminalParts['flags']> } = {},
): TerminalParts => ({
  stdin: { isTTY: true },
  stdout: screen(true),
  stderr: screen(true),
  env: { TERM: 'xterm-256color', LANG: 'en_US.UTF-8' },
  platform: 'linux',
  ...more,
  flags: { input: true, color: true, accessible: false, quiet: false, ...more.flags },
});

export const terminalOn = (stderr: NodeJS.WriteStream, more: Parameters<typeof parts>[0] = {}): Terminal =>
  makeTerminal(parts({ ...more, stderr }));
