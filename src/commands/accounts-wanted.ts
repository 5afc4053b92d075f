import { plusAddress } from '../accounts/plus-address.js';
import { usage } from '../config/usage.js';
import { accountSection, sameEmail, wantedAccount } from '../steps/support/organization/section.js';
import type { WantedAccount } from '../steps/support/organization/state.js';
import type { AccountsFlags, AccountsRun } from './accounts-run.js';

/** The account that `accounts create` is about: flags over the account of that name in the config over questions. */
export const wantedOf = async (run: AccountsRun, managementEmail: string): Promise<WantedAccount> => {
  const { flags, section } = run;
  if (flags.email !== undefined && flags.emailFrom !== undefined)
    throw usage('--email and --email-from name two addresses.', 'Leave one of them out.');
  const name = flags.name ?? configured(run)?.name ?? (await asked(run, 'name'));
  const inConfig = section.accounts.find((account) => account.name === name);
  const email =
    flags.email ?? fromMailbox(flags, name) ?? inConfig?.email ?? (await asked(run, 'email', suggestion(managementEmail, name)));
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
    'Mend that and run the command again.',
  );
};

const flagNames: Readonly<Record<string, string>> = { tags: 'tag' };

/** Named by its address alone, the account of the config is meant. */
const configured = ({ flags, section }: AccountsRun) =>
  flags.email === undefined ? undefined : section.accounts.find((account) => sameEmail(account.email, flags.email ?? ''));

const fromMailbox = ({ emailFrom }: AccountsFlags, name: string): string | undefined => {
  if (emailFrom === undefined) return undefined;
  const made = plusAddress(emailFrom, name);
  if ('email' in made) return made.email;
  throw usage(`--email-from: ${made.problem}.`, 'Give an address with --email, or a shorter --name.');
};

const suggestion = (managementEmail: string, name: string): string | undefined => {
  const made = plusAddress(managementEmail, name);
  return 'email' in made ? made.email : undefined;
};

const asked = async ({ app, attended }: AccountsRun, what: 'name' | 'email', suggested?: string): Promise<string> => {
  if (!attended)
    throw usage(
      `It is not said ${what === 'name' ? 'how the account is called' : 'which e-mail address the account gets'}.`,
      `Add --${what}${what === 'email' ? ' ADDRESS, or --email-from YOUR-ADDRESS' : ' NAME'}.`,
    );
  const prompter = await app.prompter();
  const shape = accountSection.shape[what];
  return prompter.ask({
    question: what === 'name' ? 'Name of the account:' : 'E-mail address of its root user:',
    ...(what === 'name' ? {} : { hint: 'No other AWS account may have it, and you must be able to read its mail.' }),
    ...(suggested === undefined ? {} : { default: suggested }),
    validate: (text) => shape.safeParse(text).error?.issues[0]?.message,
  });
};

export const tagsOf = (given: readonly string[] | undefined): Readonly<Record<string, string>> | undefined => {
  if (given === undefined) return undefined;
  return Object.fromEntries(
    given.map((tag) => {
      const at = tag.indexOf('=');
      if (at < 1)
        throw usage(`--tag ${JSON.stringify(tag)} has no key and value.`, 'Write it like --tag team=payments; repeat the flag for more.');
      return [tag.slice(0, at), tag.slice(at + 1)];
    }),
  );
};
