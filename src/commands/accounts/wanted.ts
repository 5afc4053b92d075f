import { usage } from '../../core/errors.js';
import { accountSection, sameEmail, wantedAccount } from '../../steps/organization/section.js';
import type { WantedAccount } from '../../steps/organization/state.js';
import type { AccountsFlags, AccountsRun } from './types.js';

type Asking = Pick<AccountsRun, 'app' | 'flags' | 'section' | 'attended'>;

/** The account to create: from flags, else from the account of that name in the config, else from prompts. */
export const wantedOf = async (run: Asking, managementEmail: string): Promise<WantedAccount> => {
  const { flags, section } = run;
  if (flags.email !== undefined && flags.emailFrom !== undefined)
    throw usage('--email and --email-from cannot be used together.', 'Leave one of them out.');
  const name = flags.name ?? configuredAccount(run)?.name ?? (await askFor(run, 'name'));
  const inConfig = section.accounts.find((account) => account.name === name);
  const email =
    flags.email ?? fromMailbox(flags, name) ?? inConfig?.email ?? (await askFor(run, 'email', suggestion(managementEmail, name)));
  const tags = tagsOf(flags.tag);
  const parsed = accountSection.safeParse({
    ...inConfig,
    name,
    email,
    ...(flags.role === undefined ? {} : { role: flags.role }),
    ...(flags.billingAccess === undefined ? {} : { 'billing-access': flags.billingAccess }),
    ...(flags.ou === undefined ? {} : { ou: flags.ou }),
    ...(tags === undefined ? {} : { tags }),
  });
  if (parsed.success) return wantedAccount(parsed.data);
  throw usage(
    parsed.error.issues.map(({ path, message }) => `--${flagNames[String(path[0])] ?? String(path[0])} ${message}.`).join('\n'),
    'Fix the value and run the command again.',
  );
};

const flagNames: Readonly<Record<string, string>> = { tags: 'tag' };

/** The account of the config with the address of --email. */
const configuredAccount = ({ flags, section }: Asking) =>
  flags.email === undefined ? undefined : section.accounts.find((account) => sameEmail(account.email, flags.email ?? ''));

const fromMailbox = ({ emailFrom }: AccountsFlags, name: string): string | undefined => {
  if (emailFrom === undefined) return undefined;
  const built = plusAddress(emailFrom, name);
  if ('email' in built) return built.email;
  throw usage(`--email-from: ${built.problem}.`, 'Pass an address with --email, or a shorter --name.');
};

const suggestion = (managementEmail: string, name: string): string | undefined => {
  const built = plusAddress(managementEmail, name);
  return 'email' in built ? built.email : undefined;
};

const askFor = async ({ app, attended }: Asking, what: 'name' | 'email', suggested?: string): Promise<string> => {
  if (!attended)
    throw usage(
      `Missing the ${what === 'name' ? 'name' : 'email address'} of the account.`,
      `Pass --${what}${what === 'email' ? ' ADDRESS, or --email-from YOUR-ADDRESS' : ' NAME'}.`,
    );
  const prompter = await app.prompter();
  const shape = accountSection.shape[what];
  return prompter.ask({
    question: what === 'name' ? 'Name of the account:' : 'Email address of its root user:',
    ...(what === 'name' ? {} : { hint: 'No other AWS account may use it, and you must be able to read its mail.' }),
    ...(suggested === undefined ? {} : { default: suggested }),
    validate: (text) => shape.safeParse(text).error?.issues[0]?.message,
  });
};

export const tagsOf = (given: readonly string[] | undefined): Readonly<Record<string, string>> | undefined => {
  if (given === undefined) return undefined;
  const tags = new Map<string, string>();
  for (const tag of given) {
    const at = tag.indexOf('=');
    if (at < 1)
      throw usage(
        `--tag ${JSON.stringify(tag)} has no key and value.`,
        'Write it like --tag team=payments. To set several, repeat the flag.',
      );
    const key = tag.slice(0, at);
    if (tags.has(key)) throw usage(`--tag ${JSON.stringify(key)} is given twice.`, 'Give each key once.');
    tags.set(key, tag.slice(at + 1));
  }
  return Object.fromEntries(tags);
};

/** AWS accepts addresses of 6 to 64 characters for an account. https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html */
const maxEmailLength = 64;

/**
 * Builds an address for an account in an existing mailbox: `root@example.com` and `Sandbox 2` give `root+sandbox-2@example.com`. Most mail
 * systems deliver both to the same mailbox, but the user must check that this one does. `problem`: why no address can be built.
 */
export const plusAddress = (from: string, name: string): { readonly email: string } | { readonly problem: string } => {
  const at = from.lastIndexOf('@');
  if (at < 1 || at === from.length - 1) return { problem: `${JSON.stringify(from)} is not an email address` };
  const mailbox = from.slice(0, at);
  const domain = from.slice(at + 1);
  const tag = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  if (tag === '') return { problem: `the name ${JSON.stringify(name)} has no letters or digits to build an address from` };
  // `root+aws@…` and `sandbox` give `root+aws-sandbox@…`: some mail systems do not accept a second plus.
  const email = `${mailbox}${mailbox.includes('+') ? '-' : '+'}${tag}@${domain}`;
  if (email.length > maxEmailLength) {
    const room = Math.max(0, maxEmailLength - (email.length - tag.length));
    return {
      problem: `${email} has ${email.length} characters, and AWS accepts ${maxEmailLength}; ${room < 2 ? 'the mailbox and domain are too long to add a name' : `a name of at most ${room} letters fits`}`,
    };
  }
  return { email };
};
