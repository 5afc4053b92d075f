import { awsLogin } from '../../aws/sign-in.js';
import { fill } from '../../core/wrap.js';
import { type App, makeApp } from '../../run/app.js';
import { offerHandOver } from '../../run/sign-in.js';
import type { FollowingRun, InitFlags } from './types.js';

/** A run as root can be followed by one as the administrator that it created, in the same sitting. */

/** Offers to sign in as the administrator, then runs `init` again as that user. `code`: how the first run ended. Returns the exit code. */
export const continueAs = async (
  app: App,
  { user, accountId, flags, config, leave }: FollowingRun,
  code: number,
  run: (app: App, flags: InitFlags) => Promise<number>,
): Promise<number> => {
  const { globals, host, terminal } = app;
  // A second report would make a document for programs invalid.
  if (globals.output !== 'table' || globals.outputFile !== undefined || terminal.quiet) return code;
  if (app.sandboxed) {
    const command = awsLogin(user.profile).text;
    const text = `In a real account, \`init\` now offers to run \`${command}\` and to continue as ${user.name}.`;
    terminal.stderr(`${fill([{ text }], terminal.messageStyle.width).join('\n')}\n`);
    return code;
  }
  const ended = await offerHandOver(app, user);
  if (ended === 'stopped') return host.signal.reason === 'SIGTERM' ? 143 : 130;
  if (ended === 'declined') return code;
  const named = config ?? globals.config;
  const second = makeApp(host, { ...globals, profile: user.profile, accountId, ...(named === undefined ? {} : { config: named }) });
  const result = await run(second, flags);
  terminal.stderr(`When you are done as root: ${leave}.\n`);
  return result;
};
