import type { Writable } from 'node:stream';
import { plain } from '../core/text.js';

/** What the user can do with a link or a secret on the screen by pressing a key. Nothing here happens by itself. */

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
}

/** Why no browser can be opened from here; undefined if one probably can. */
export const noBrowser = ({ env, platform }: Surroundings): string | undefined => {
  const isSet = (...names: readonly string[]): boolean => names.some((name) => (env[name] ?? '') !== '');
  if (env['AWS_EXECUTION_ENV'] === 'CloudShell') return 'CloudShell cannot open a browser.';
  if (isSet('SSH_CONNECTION', 'SSH_CLIENT', 'SSH_TTY')) return 'This is an SSH session, so the browser would open on the other computer.';
  if (platform === 'linux' && !isSet('DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME')) return 'There is no display to open a browser on.';
  return undefined;
};

/** Opens a link of the console in the browser. Returns a message, with the link if that is not possible. */
export const openLink = async (url: string, surroundings: Surroundings): Promise<string> => {
  const instead = `Open this link yourself: ${url}`;
  const problem = noBrowser(surroundings);
  if (problem !== undefined) return `${problem} ${instead}`;
  if (!url.startsWith('https://')) return instead;
  try {
    const { default: open } = await import('open');
    // The library's own copy of xdg-open is not in the bundle.
    const isPlainLinux = surroundings.platform === 'linux' && (surroundings.env['WSL_DISTRO_NAME'] ?? '') === '';
    await open(url, isPlainLinux ? { app: { name: 'xdg-open' } } : {});
    return 'Opened in the browser.';
  } catch (error) {
    return `The browser could not be started (${plain((error as Error).message)}). ${instead}`;
  }
};

/** Sends text to the clipboard of the terminal (OSC 52), which the terminal may ignore. https://invisible-island.net/xterm/ctlseqs/ctlseqs.html */
export type Copy = (text: string) => void;

export const makeCopy =
  (output: Writable): Copy =>
  (text) =>
    void output.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`);

export const copied = 'Sent to the clipboard, if the terminal allows it.';
