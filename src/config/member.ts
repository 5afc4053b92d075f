import { sameEmail } from '../steps/support/organization/section.js';
import type { Config } from './schema.js';

/**
 * The config as it holds in one member account: what `organization.accounts` says of it, the contacts and the password policy of all
 * accounts, and defaults for the rest. Steps that are about the management account, or about its people, are not the member's.
 * Without an entry in the config the e-mail address matches none, and every such member has the same.
 */
export const memberConfig = (config: Config | undefined, email: string, command: 'init' | 'check'): Config => {
  const { sections = {}, file = 'bootstrap.yaml' } = config ?? {};
  const entry = entryOf(config, email);
  /** `init` brings about what is written down and nothing else; `check` judges by the defaults too. */
  const otherwise = command === 'init' ? false : undefined;
  const contacts = picked(sections['billing-access'], 'contact', 'security-contact');
  const policy = picked(sections['admin-user'], 'password-policy');
  const own: Readonly<Record<string, unknown>> = {
    'billing-access': contacts ?? otherwise,
    budget: entry?.['budget'] ?? otherwise,
    'admin-user': policy ?? (command === 'init' ? {} : undefined),
    mfa: otherwise,
    alias: entry?.['alias'] ?? otherwise,
    'access-keys': otherwise,
    organization: false,
  };
  // Waivers are applied over all accounts together.
  return {
    file,
    warnings: [],
    waivers: [],
    sections: Object.fromEntries(Object.entries(own).filter(([, section]) => section !== undefined)),
  };
};

/** The role that leads into the member, by the config or by default. */
export const memberRole = (config: Config | undefined, email: string): string => {
  const role = entryOf(config, email)?.['role'];
  return typeof role === 'string' ? role : 'OrganizationAccountAccessRole';
};

/** Whether the config says something of this member: those of which it does not are all treated alike. */
export const isNamed = (config: Config | undefined, email: string): boolean => entryOf(config, email) !== undefined;

type Raw = Readonly<Record<string, unknown>>;

const entryOf = (config: Config | undefined, email: string): Raw | undefined => {
  const { accounts } = asRaw(config?.sections['organization']) ?? {};
  if (!Array.isArray(accounts)) return undefined;
  return accounts.map(asRaw).find((entry) => typeof entry?.['email'] === 'string' && sameEmail(entry['email'], email));
};

/** `false` leaves the step out for members too; undefined: the section says nothing of these. */
const picked = (section: unknown, ...names: readonly string[]): Raw | false | undefined => {
  if (section === false) return false;
  const found = Object.entries(asRaw(section) ?? {}).filter(([name]) => names.includes(name));
  return found.length === 0 ? undefined : Object.fromEntries(found);
};

const asRaw = (value: unknown): Raw | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : undefined;
