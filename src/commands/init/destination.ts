import { type DestinationFlags, destinationProblem, resolveDestination } from '../../config/destination.js';
import { BootstrapError, WentBack } from '../../core/errors.js';
import type { SecretNeed } from '../../core/step.js';
import type { PreparedStep } from '../../engine/assess.js';
import type { App } from '../../run/app.js';

/** The secrets that the steps of a run create. `prepared` must assume that a destination is set. */
export const secretsOfRun = (prepared: readonly PreparedStep[]): readonly (SecretNeed & { readonly stepId: string })[] =>
  prepared.flatMap(({ step, desired, wanted }) =>
    wanted ? (step.secrets?.(desired) ?? []).map((secret) => ({ ...secret, stepId: step.id })) : [],
  );

/** The secrets of a run that can only be stored in the destination. */
export const secretsForDestination = (prepared: readonly PreparedStep[]): readonly { readonly stepId: string; readonly name: string }[] =>
  secretsOfRun(prepared).flatMap((secret) => (secret.storedIn === 'destination' ? [secret] : []));

/** An unattended run needs the destination for secrets before it starts. Otherwise it could not create what the config asks for. */
export const guardDestination = (prepared: readonly PreparedStep[]): void => {
  const secrets = secretsForDestination(prepared);
  if (secrets.length === 0) return;
  throw new BootstrapError({
    code: 'E-SECRETS-DESTINATION',
    message: `The config asks for ${secrets.map(({ name }) => name).join(' and ')}, but names no destination for it.`,
    next: 'Pass --secrets-file FILE, --secret-command CMD or --encrypt-to RECIPIENT, or add `secrets` to bootstrap.yaml.',
  });
};

type DestinationChoice = 'file' | 'show' | 'other-file' | 'command' | 'age' | 'none';

/** Asks at a terminal if neither flags nor config name a destination. Empty if the user wants none. */
export const askForDestination = async (
  app: App,
  accountId: string,
  place: { readonly position?: string; readonly mayGoBack?: boolean } = {},
): Promise<DestinationFlags> => {
  const prompter = await app.prompter();
  const file = `aws-${accountId}-secrets.json`;
  const inCloudShell = app.host.env['AWS_EXECUTION_ENV'] === 'CloudShell';
  for (;;) {
    const chosen = await prompter.select<DestinationChoice>({
      ...place,
      question: 'Where to store the new console password',
      hint: inCloudShell
        ? 'CloudShell stores files per sign-in and Region. No secret is written to a file there unless you choose it.'
        : 'The tool generates the password and stores it only in the place that you choose. It must be changed at the first sign-in.',
      choices: destinationChoices(app, file, inCloudShell),
    });
    try {
      const flags = await flagsOf(app, chosen, file);
      await app.tryDestination(resolveDestination(flags, undefined));
      return flags;
    } catch (error) {
      // Back to the choices.
      if (error instanceof WentBack) continue;
      // The user can choose another destination; nothing was created yet.
      if (!(error instanceof BootstrapError)) throw error;
      app.terminal.message(`${error.message} ${error.next}`);
    }
  }
};

interface Choice {
  readonly value: DestinationChoice;
  readonly name: string;
  readonly reason?: string;
}

const destinationChoices = (app: App, file: string, inCloudShell: boolean): readonly Choice[] => {
  const toFile: Choice = inCloudShell
    ? { value: 'file', name: `File ${file}`, reason: 'take it away with Actions, Download file, and delete it' }
    : { value: 'file', name: `File ${file}`, reason: 'readable by you only; move it into a password manager' };
  // A dumb terminal cannot erase the password from the screen.
  const show: readonly Choice[] =
    app.host.env['TERM'] === 'dumb' ? [] : [{ value: 'show', name: 'Show it here, once', reason: 'not stored anywhere' }];
  return [
    ...(inCloudShell ? [...show, toFile] : [toFile, ...show]),
    { value: 'other-file', name: 'Another file' },
    { value: 'command', name: 'A command', reason: 'for example of a password manager; gets JSON on its standard input' },
    { value: 'age', name: 'A file encrypted with age' },
    { value: 'none', name: 'No password now', reason: 'the administrator cannot sign in to the console' },
  ];
};

const flagsOf = async (app: App, place: DestinationChoice, file: string): Promise<DestinationFlags> => {
  const prompter = await app.prompter();
  switch (place) {
    case 'file':
      return { secretsFile: file };
    case 'show':
      return { showSecrets: true };
    case 'other-file':
      return {
        secretsFile: await prompter.ask({
          mayGoBack: true,
          question: 'File',
          default: file,
          validate: (text) => destinationProblem('file', text),
        }),
      };
    case 'command':
      return {
        secretCommand: await prompter.ask({
          mayGoBack: true,
          question: 'Command',
          hint: 'Program and arguments. They are not run in a shell.',
          validate: (text) => destinationProblem('command', text),
        }),
      };
    case 'age':
      return {
        encryptTo: [
          await prompter.ask({ mayGoBack: true, question: 'Recipient (age1...)', validate: (text) => destinationProblem('age', text) }),
        ],
      };
    case 'none':
      return {};
  }
};
