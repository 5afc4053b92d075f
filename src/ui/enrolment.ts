import type { Clock } from '../core/clock.js';
import { type Authenticator, type Enrol, type EnrolRequest, windowMs } from '../core/enrol.js';
import { PromptAborted } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import type { TextStyle } from '../core/text.js';
import { fill } from '../core/wrap.js';
import { judgeCode, reach } from './code-verdict.js';
import { commandsFor, countdown, firstTaken, type PageContent, pageOf, problemOf, refused, spokenLines } from './enrolment-page.js';
import { type Copy, copied } from './links.js';
import type { Prompter } from './prompter.js';
import type { Ink } from './qr.js';

export interface EnrolmentParts {
  readonly prompter: () => Promise<Prompter>;
  readonly output: { readonly write: (text: string) => unknown; readonly columns?: number; readonly rows?: number };
  readonly style: TextStyle;
  /** Undefined: this terminal cannot show a QR code. */
  readonly ink: Ink | undefined;
  /** Undefined: this terminal has no clipboard. */
  readonly copy?: Copy;
  /** Whether the terminal has an alternate screen, which leaves nothing behind. */
  readonly fullScreen: boolean;
  readonly clock: Pick<Clock, 'now'>;
  /** How far AWS's clock is ahead of this computer's, measured from AWS's answers. */
  readonly clockAheadMs: () => number | undefined;
  readonly authenticatorOf: (request: EnrolRequest) => Authenticator;
  /** Pauses progress output meanwhile. */
  readonly hold: <T>(ask: () => Promise<T>) => Promise<T>;
}

/** The alternate screen, which full-screen programs use: a QR code contains the seed, and must not stay in the scrollback. */
const enter = '\u001b[?1049h';
const clear = '\u001b[2J\u001b[H';
const leave = `${clear}\u001b[?1049l`;

/** A device while its codes are requested. */
interface Enrolment {
  readonly authenticator: Authenticator;
  readonly shownAt: number;
  used: number | undefined;
  view: PageContent['view'];
  ink: Ink | undefined;
}

/** Enrolment by a user with an authenticator: shows the seed, asks for two codes in a row, and reports what is wrong with them. */
export const makeEnrolment = (parts: EnrolmentParts): Enrol => {
  const { output, style, clock, clockAheadMs, fullScreen } = parts;
  const enrolments = new Map<string, Enrolment>();
  const awsNow = (): number => clock.now().getTime() + (clockAheadMs() ?? 0);
  const windowNow = (): number => Math.floor(awsNow() / windowMs);

  const enrolmentOf = (request: EnrolRequest): Enrolment => {
    const known = enrolments.get(request.serial);
    if (known !== undefined) return known;
    const { ink } = parts;
    const created: Enrolment = {
      authenticator: parts.authenticatorOf(request),
      shownAt: windowNow(),
      used: undefined,
      view: ink === undefined ? 'seed' : 'qr',
      ink,
    };
    enrolments.set(request.serial, created);
    return created;
  };

  const show = (content: PageContent, whole: boolean): void => {
    if (fullScreen) {
      const size = { columns: output.columns || 80, rows: output.rows || 24 };
      output.write(`${clear}${pageOf(content, style, size).lines.join('\n')}\n`);
    } else for (const line of spokenLines(content, style, whole)) output.write(`${line}\n`);
  };

  const ask = async (content: PageContent, first: number | undefined): Promise<string> => {
    const keys = commandsFor(content);
    const secondsLeft = (): number => Math.ceil((windowMs - (awsNow() % windowMs)) / 1000);
    const remaining = (): string => countdown(secondsLeft(), first !== undefined && windowNow() <= first);
    const prompter = await parts.prompter();
    const answer = await prompter.ask({
      question: first === undefined ? 'First code' : 'Second code',
      ...(fullScreen ? { live: remaining } : { hint: `${remaining().replace(/^./, (letter) => letter.toUpperCase())}.` }),
      validate: (text) =>
        /^\d{3} ?\d{3}$/.test(text) || keys.some((key) => key === text.toLowerCase())
          ? undefined
          : `A code has six digits. Or type ${keys.slice(0, -1).join(', ')} or ${keys.at(-1)}.`,
    });
    return answer.toLowerCase().replace(' ', '');
  };

  /** Asks until there are two good codes in a row. */
  const askForCodes = async (request: EnrolRequest): Promise<readonly [Secret, Secret] | 'later'> => {
    const enrolment = enrolmentOf(request);
    const { authenticator } = enrolment;
    const { user } = request;
    const label = `${request.device}@${request.account}`;
    let problem = request.attempt > 0 ? refused : undefined;
    let first: { readonly window: number; readonly code: string } | undefined;
    let suspected: number | undefined;
    let whole = request.attempt === 0;
    let notice: string | undefined;
    for (;;) {
      const { view, ink } = enrolment;
      const { addresses, seedGroups } = authenticator;
      const note = notice !== undefined ? { note: notice } : first !== undefined && problem === undefined ? { note: firstTaken } : {};
      const content: PageContent = {
        user,
        label,
        addresses,
        seedGroups,
        view,
        ink,
        mayCopy: parts.copy !== undefined,
        ...note,
        ...(problem === undefined ? {} : { problem }),
      };
      show(content, whole);
      notice = undefined;
      const answer = await ask(content, first?.window);
      problem = undefined;
      whole = /^[qsi]$/.test(answer);
      if (answer === 'l') return 'later';
      if (answer === 'c') {
        // Only after this key, and only to the terminal.
        parts.copy?.(seedGroups.join(''));
        notice = copied;
        continue;
      }
      if (answer === 'q') enrolment.view = 'qr';
      if (answer === 's') enrolment.view = 'seed';
      if (answer === 'i') {
        enrolment.view = 'qr';
        enrolment.ink = ink === 'light' ? 'dark' : 'light';
      }
      if (whole) continue;
      const now = windowNow();
      const window = authenticator.windowOf(answer, now, reach);
      const { shownAt, used } = enrolment;
      const verdict = judgeCode({ window, now, shownAt, used, first: first?.window, suspected });
      if (verdict.kind !== 'good') problem = problemOf(verdict, { label, aws: clockAheadMs() !== undefined });
      if ('off' in verdict) suspected = verdict.off;
      if (verdict.kind === 'good' && first !== undefined) {
        enrolment.used = verdict.window;
        return [new Secret(first.code), new Secret(answer)];
      }
      if ('window' in verdict) first = { window: verdict.window, code: answer };
      if (verdict.kind === 'late') first = undefined;
    }
  };

  return {
    codes: (request) =>
      parts.hold(async () => {
        if (fullScreen) output.write(enter);
        try {
          return await askForCodes(request);
        } catch (error) {
          // No more codes can come from an input that ended; the rest of the run can continue.
          if (error instanceof PromptAborted && error.reason === 'end') return 'later';
          throw error;
        } finally {
          if (fullScreen) output.write(leave);
        }
      }),
    accepted: ({ user }) =>
      parts.hold(async () => {
        const lead = style.accessible ? '' : style.unicode ? '✓ ' : '+ ';
        const text = `AWS accepted both codes: ${user} now has MFA. Before you sign in as ${user}, wait for a new code: each works only once.`;
        output.write(`${fill([{ text: `${lead}${text}` }], style.width).join('\n')}\n`);
      }),
  };
};
