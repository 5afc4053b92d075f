import { type DestinationFlags, destinationProblem, resolveDestination } from '../../config/destination.js';
import { BootstrapError } from '../../core/errors.js';
import type { SecretNeed } from '../../core/step.js';
import { plain } from '../../core/text.js';
import type { PreparedStep } from '../../engine/assess.js';
import type { App } from '../../run/app.js';

/** The secrets that the steps of a run create. `prepared` must assume that there is a destination. */
export const secretsOfRun = (prepared: readonly PreparedStep[]): readonly (SecretNeed & { readonly stepId: string })[] =>
  prepared.flatMap(({ step, desired, wanted }) =>
    wanted ? (step.secrets?.(desired) ?? []).map((secret) => ({ ...secret, stepId: step.id })) : [],
  );

/** Those that only the destination can take. */
export const secretsForDestination = (prepared: readonly PreparedStep[]): readonly { readonly stepId: string; readonly name: string }[] =>
  secretsOfRun(prepared).flatMap((secret) => (secret.storedIn === 'destination' ? [secret] : []));

/** An unattended run without a destination must create no secret that needs one: it would leave out what it was asked for. */
export const guardDestination = (prepared: readonly PreparedStep[]): void => {
  const secrets = secretsForDestination(prepared);
  if (secrets.length === 0) return;
  throw new BootstrapError({
    code: 'E-SECRETS-DESTINATION',
    message: `The config asks for ${secrets.map(({ name }) => name).join(' and ')}, and names no place for it.`,
    next: 'Add --secrets-file FILE, --secret-command CMD or --encrypt-to RECIPIENT, or write `secrets` into bootstrap.yaml.',
  });
};

type Place = 'file' | 'show' | 'other-file' | 'command' | 'age' | 'none';

/** Asked at a terminal when neither flag nor config names a place; empty when the person wants none. */
export const askForDestination = async (app: App, accountId: string): Promise<DestinationFlags> => {
  const prompter = await app.prompter();
  const file = `aws-${accountId}-secrets.json`;
  const inCloudShell = app.host.env['AWS_EXECUTION_ENV'] === 'CloudShell';
  for (;;) {
    const place = await prompter.select<Place>({
      question: 'Where the new console password goes',
      hint: inCloudShell
        ? 'Files of CloudShell belong to this sign-in and this region: nothing secret is written to one unless you say so.'
        : 'It is made here, kept in this one place, and has to be changed at the first sign-in.',
      choices: placesOf(app, file, inCloudShell),
    });
    const flags = await flagsOf(app, place, file);
    try {
      await app.tryDestination(resolveDestination(flags, undefined));
      return flags;
    } catch (error) {
      // Another answer may do; nothing has been made yet.
      if (!(error instanceof BootstrapError)) throw error;
      app.terminal.stderr(`${plain(`${error.message} ${error.next}`)}\n`);
    }
  }
};

interface Choice {
  readonly value: Place;
  readonly name: string;
  readonly reason?: string;
}

const placesOf = (app: App, file: string, inCloudShell: boolean): readonly Choice[] => {
  const toFile: Choice = inCloudShell
    ? { value: 'file', name: `File ${file}`, reason: 'take it away with Actions, Download file, and delete it' }
    : { value: 'file', name: `File ${file}`, reason: 'readable by you only; move it into a password manager' };
  // A terminal that cannot take back what it showed would keep it on the screen.
  const show: readonly Choice[] =
    app.host.env['TERM'] === 'dumb' ? [] : [{ value: 'show', name: 'Shown here, once', reason: 'kept nowhere' }];
  return [
    ...(inCloudShell ? [...show, toFile] : [toFile, ...show]),
    { value: 'other-file', name: 'Another file' },
    { value: 'command', name: 'A command', reason: 'such as that of a password manager; it gets JSON on its standard input' },
    { value: 'age', name: 'A file encrypted with age' },
    { value: 'none', name: 'No password now', reason: 'the administrator cannot sign in to the console then' },
  ];
};

const flagsOf = async (app: App, place: Place, file: string): Promise<DestinationFlags> => {
  const prompter = await app.prompter();
  switch (place) {
    case 'file':
      return { secretsFile: file };
    case 'show':
      return { showSecrets: true };
    case 'other-file':
      return { secretsFile: await prompter.ask({ question: 'File', default: file, validate: (text) => destinationProblem('file', text) }) };
    case 'command':
      return {
        secretCommand: await prompter.ask({
          question: 'Command',
          hint: 'Program and arguments; no shell reads them.',
          validate: (text) => destinationProblem('command', text),
        }),
      };
    case 'age':
      return {
        encryptTo: [await prompter.ask({ question: 'Recipient (age1...)', validate: (text) => destinationProblem('age', text) })],
      };
    case 'none':
      return {};
  }
};
