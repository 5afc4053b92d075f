import type { App } from '../app.js';
import type { DestinationFlags } from '../config/destination.js';
import type { Resolved } from '../config/resolve.js';
import { BootstrapError } from '../core/error.js';

/** The secrets of a run that have no place yet: what they are, in words. */
const homeless = (resolved: Resolved, attended: boolean): readonly string[] => {
  const sliceOf = (id: string): Readonly<Record<string, unknown>> => (resolved.steps[id]?.slice ?? {}) as Readonly<Record<string, unknown>>;
  const wanted = (id: string): boolean => resolved.steps[id]?.wanted === true;
  if (resolved.destination !== undefined) return [];
  const mfa = sliceOf('mfa');
  // Without a person, a password that needs MFA is made only together with it.
  const sitsAlone = !attended && resolved.steps['mfa']?.intended === true && mfa['admin'] === 'required' && mfa['assign'] !== 'unattended';
  const password = wanted('admin-user') && sliceOf('admin-user')['console-password'] === 'generate' && !sitsAlone;
  const keys = sliceOf('access-keys');
  const key = wanted('access-keys') && keys['mode'] === 'create' && keys['profile'] === false;
  return [...(password ? ['a console password'] : []), ...(key ? ['an access key that no profile takes'] : [])];
};

/** An unattended run says beforehand where its secrets go: it would otherwise leave out what it was asked for. */
export const guardDestination = (resolved: Resolved): void => {
  const secrets = homeless(resolved, false);
  if (secrets.length === 0) return;
  throw new BootstrapError({
    code: 'E-SECRETS-DESTINATION',
    exit: 2,
    message: `The config asks for ${secrets.join(' and ')}, and names no place for it.`,
    next: 'Add --secrets-file FILE, --secret-command CMD or --encrypt-to RECIPIENT, or write `secrets` into bootstrap.yaml.',
  });
};

/** Asked at a terminal when neither flag nor config names a place; empty when the person wants none. */
export const askForDestination = async (app: App, resolved: Resolved): Promise<DestinationFlags> => {
  if (app.sandboxed || homeless(resolved, true).length === 0) return {};
  const prompter = await app.prompter();
  // A file there would stay in the home folder of one principal and region, and go when that is cleared.
  if (app.host.env['AWS_EXECUTION_ENV'] === 'CloudShell') {
    const showSecrets = await prompter.confirm({
      question: 'Show the new secrets here, each once?',
      hint: 'Files of CloudShell belong to this sign-in and this region, so nothing secret is written to one. Without it no secret is made.',
      default: true,
    });
    return { showSecrets };
  }
  const file = await prompter.ask({
    question: 'File for the new console password (made readable by you only; empty: make none)',
    hint: 'Move it into a password manager afterwards and delete the file.',
  });
  return file === '' ? {} : { secretsFile: file };
};
