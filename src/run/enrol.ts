import type { Enrol } from '../core/enrol.js';
import type { Progress } from '../ui/progress.js';
import type { Prompter } from '../ui/prompter.js';
import type { Terminal } from '../ui/terminal.js';
import { type Host, lazily } from './host.js';

interface EnrolHost {
  readonly host: Pick<Host, 'clock' | 'env' | 'stderr'>;
  readonly terminal: Terminal;
  readonly hold: Progress['hold'];
  readonly prompter: () => Promise<Prompter>;
}

/** Gets the codes of MFA devices from the user or from the seed. Both use AWS's clock, if AWS's answers contained its time. */
export const makeEnrol = ({ host, terminal, hold, prompter }: EnrolHost, clockAheadMs: () => number | undefined): Enrol => {
  const { clock, env, stderr: output } = host;
  const unattended = lazily(async () => {
    const { makeUnattendedEnrol } = await import('../secrets/totp.js');
    const now = (): Date => new Date(clock.now().getTime() + (clockAheadMs() ?? 0));
    return makeUnattendedEnrol({ clock: { now, sleep: clock.sleep } });
  });
  const attended = lazily(async () => {
    const { makeAuthenticator } = await import('../secrets/totp.js');
    const { makeEnrolment } = await import('../ui/enrolment.js');
    const { inkOf } = await import('../ui/qr.js');
    const { makeCopy } = await import('../ui/links.js');
    const style = terminal.messageStyle;
    const fullScreen = env['TERM'] !== 'dumb' && style.accessible !== true;
    const ink = fullScreen && style.unicode ? inkOf(style, env['COLORFGBG']) : undefined;
    return makeEnrolment({
      prompter,
      output,
      style,
      ink,
      fullScreen,
      clock,
      clockAheadMs,
      authenticatorOf: makeAuthenticator,
      hold,
      ...(fullScreen ? { copy: makeCopy(output) } : {}),
    });
  });
  return {
    codes: async (request) => (await (request.by === 'person' ? attended() : unattended())).codes(request),
    accepted: async (request) => (await (request.by === 'person' ? attended() : unattended())).accepted(request),
  };
};
