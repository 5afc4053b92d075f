import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { guarded, plainLines } from '../../src/core/text.js';
import { makeTerminal } from '../../src/ui/terminal.js';
import { signedIn } from './practice-account.js';

/** Text from AWS, a file or an error is always printed as visible characters. */
const hostile = 'A\u009b2J\u202egnp\u001b]0;x\u0007\u200b\u0085B';
const raw = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;

describe('--debug', () => {
  it.each(['code', 'request id'])('shows a hostile %s of an answer as visible characters', async (where) => {
    const shell = await signedIn({
      around: (handler) => ({
        ...handler,
        handle: async (request: never, options: never) => {
          const answer = await handler.handle(request, options);
          const { response } = answer;
          const id = where === 'request id' ? hostile : 'r-1';
          const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${where === 'code' ? `Odd${hostile.replaceAll(/[\u0000-\u001f]/g, '')}` : 'Odd'}</Code><Message>m</Message></Error></ErrorResponse>`;
          const headers = { ...response.headers, 'x-amzn-requestid': id };
          return response.headers['content-type'] === 'text/xml' &&
            !String((request as { body: unknown }).body).includes('GetCallerIdentity')
            ? { response: { ...response, headers, statusCode: 400, body: Buffer.from(body) } }
            : answer;
        },
      }),
    });
    const { stdout, stderr } = await shell.run(['check', '--debug', '--only', 'alias']);
    expect(stderr).toContain('debug: {');
    expect(stderr).toContain('\\u009b2J\\u202egnp');
    expect(stderr).not.toMatch(raw);
    expect(stdout).not.toMatch(raw);
  });

  it('escapes workflow commands in the error that ends the run', async () => {
    const code = `Odd${hostile.replaceAll(/[\u0000-\u001f]/g, '')}\n::set-env name=A::b`;
    const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`;
    const shell = await signedIn({
      around: (handler) => ({
        ...handler,
        handle: async () => ({ response: { statusCode: 400, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) } }),
      }),
    });
    const { stderr } = await shell.run(['check', '--debug']);
    expect(stderr).toContain('debug: BootstrapError');
    expect(stderr).not.toMatch(raw);
    expect(stderr).not.toMatch(/^::/m);
  });
});

it.each(['table', 'json', 'jsonl', 'markdown', 'html', 'junit', 'sarif', 'csv'])(
  'shows of the primary contact only the last two digits of the number: %s',
  async (format) => {
    const shell = await signedIn();
    const { stdout, stderr } = await shell.run(['check', '--debug', '--verbose', '--only', 'billing-access', '--output', format]);
    expect(stderr).toContain('account:GetContactInformation');
    expect(stdout).toContain('primary-contact');
    // Without the texts of what passed.
    if (format !== 'sarif' && format !== 'junit') expect(stdout).toContain('ending in 00');
    for (const part of ['206', '0100', 'Example Street', 'Seattle', '98101', 'Practice Person']) {
      expect(stdout).not.toContain(part);
      // Request ids have random digits.
      if (!/^\d+$/.test(part)) expect(stderr).not.toContain(part);
    }
    expect(stderr).not.toContain('+1 206');
  },
);

describe('the last guard before a terminal', () => {
  it('escapes unsafe text, and does not change safe text', () => {
    expect(guarded(hostile, true)).toBe('A\\u009b2J\\u202egnp\\u001b]0;x\\u0007\\u200b\\u0085B');
    for (const text of ['plain text, ✓ and é\n\tnext', plainLines(hostile), guarded(hostile, false)])
      expect(guarded(text, true)).toBe(text);
  });

  it('passes colours and links only if they are allowed', () => {
    const styled = '\u001b[1m\u001b[38;5;9mred\u001b[39m\u001b[22m \u001b]8;;https://aws.amazon.com\u001b\\link\u001b]8;;\u001b\\';
    expect(guarded(styled, true)).toBe(styled);
    expect(guarded(styled, false)).not.toContain('\u001b');
  });

  it.each(['\u001b[2J', '\u001b[1A', '\u001b]52;c;aGk=\u0007', '\u001b]8;;x\u009b\u001b\\', '\r', '\u001bc'])(
    'never passes %j',
    (sequence) => {
      expect(guarded(`a${sequence}b`, true)).not.toContain(sequence);
    },
  );

  it.each(['stdout', 'stderr'] as const)('applies to %s', (name) => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()] as unknown as [NodeJS.WriteStream, NodeJS.WriteStream];
    const flags = { input: true, color: true, accessible: false, quiet: false };
    const terminal = makeTerminal({ stdin: {}, stdout, stderr, env: { FORCE_COLOR: '1' }, platform: 'linux', flags });
    terminal[name](`\u001b[31m${hostile}\u001b[39m\n`);
    const written = String({ stdout, stderr }[name].read());
    expect(written).toBe(`\u001b[31m${guarded(hostile, false)}\u001b[39m\n`);
  });
});
