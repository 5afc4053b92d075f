import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { makeCopy, noBrowser, openLink } from '../../src/ui/links.js';
import { testFolder } from '../support/test-folder.js';
import { screen } from './streams.js';

const url = 'https://console.aws.amazon.com/iam/home#/security_credentials';
const atDisplay = { env: { DISPLAY: ':0' }, platform: 'linux' };

describe('opening a link', () => {
  it.each([
    ['in CloudShell', { env: { AWS_EXECUTION_ENV: 'CloudShell', DISPLAY: ':0' }, platform: 'linux' }, 'CloudShell'],
    ['over SSH', { env: { SSH_CONNECTION: '10.0.0.1 5 10.0.0.2 22', DISPLAY: ':0' }, platform: 'linux' }, 'SSH session'],
    ['over SSH on a Mac', { env: { SSH_TTY: '/dev/ttys1' }, platform: 'darwin' }, 'SSH session'],
    ['without a display', { env: {}, platform: 'linux' }, 'no display'],
  ])('is not possible %s, which prints the link', async (_where, surroundings, why) => {
    const message = await openLink(url, surroundings);
    expect(message).toContain(why);
    expect(message.endsWith(`Open this link yourself: ${url}`)).toBe(true);
  });

  it.each([
    ['at a display', atDisplay],
    ['on Wayland', { env: { WAYLAND_DISPLAY: 'wayland-0' }, platform: 'linux' }],
    ['on a Mac', { env: {}, platform: 'darwin' }],
    ['on Windows', { env: {}, platform: 'win32' }],
  ])('is possible %s', (_where, surroundings) => expect(noBrowser(surroundings)).toBeUndefined());

  it('opens nothing but https', async () => {
    expect(await openLink('file:///etc/passwd', atDisplay)).toBe('Open this link yourself: file:///etc/passwd');
  });

  describe.skipIf(process.platform !== 'linux')('on Linux', () => {
    it('starts the program of the system with the link', async () => {
      const folder = testFolder();
      const opened = join(folder, 'opened');
      const program = join(folder, 'xdg-open');
      writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`);
      chmodSync(program, 0o755);
      vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
      const message = await openLink(url, atDisplay);
      expect(message).toBe('Opened in the browser.');
      await vi.waitFor(() => expect(existsSync(opened)).toBe(true), { timeout: 5_000 });
      expect(readFileSync(opened, 'utf8').trim()).toBe(url);
    });
  });
});

it('sends text to the clipboard of the terminal as OSC 52', () => {
  const output = screen(true);
  makeCopy(output)('JBSW Y3DP');
  expect(output.text()).toBe('\u001b]52;c;SkJTVyBZM0RQ\u0007');
});
