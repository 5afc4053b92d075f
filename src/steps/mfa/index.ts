import type { ReadCloud } from '../../core/cloud.js';
import { all, map, type Reading } from '../../core/reading.js';
import { defineStep, type DesireContext, type ObserveContext } from '../../core/step.js';
import { deleteDevice, enrol } from './apply.js';
import { assessMfa } from './assess.js';
import { readVirtualDevices } from './devices.js';
import { permissions } from './permissions.js';
import type { ConsoleUser, Desired, MfaChange, Observed, VirtualDevice } from './state.js';
import { undoMfa } from './undo.js';
import {
  type Person,
  readConsolePassword,
  readMfaDevices,
  readPeople,
  readRootUser,
  sameName,
  spelledAs,
  willExist,
} from '../shared/people.js';
import { type ReportedUser, readUserRows } from '../shared/credential-report.js';
import { readAdministratorRoles } from '../shared/sign-ins.js';
import { iamName } from '../shared/values.js';
import * as z from 'zod/mini';

/**
 * MFA of root and of every user with a console password. Root's device and all passkeys can only be assigned in the console.
 * Virtual devices of the administrator, and of users in the config, can be enrolled here: in person by scanning a code, or
 * unattended, with the seed stored with the password.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_cliapi.html
 */
const required = z._default(z.enum(['required', 'not-required']), 'required');
const schema = z.strictObject({
  root: required.check(z.describe('Whether root needs an MFA device')),
  admin: required.check(z.describe('Whether the administrator needs an MFA device')),
  assign: z
    ._default(z.enum(['in-person', 'unattended']), 'in-person')
    .check(
      z.describe(
        '`in-person`: the tool shows a QR code at a terminal, and you type two codes. `unattended`: no one needs to be present, and the seed is stored with the password, which is weaker than a separate device',
      ),
    ),
  users: z._default(z.array(iamName), []).check(z.describe('Other users to enrol; in person, one after the other')),
  'keep-seed': z
    ._default(z.boolean(), false)
    .check(z.describe('Whether the seed of a device enrolled in person is stored with the other secrets too')),
});

export const mfa = defineStep<z.infer<typeof schema>, Desired, Observed, MfaChange>({
  id: 'mfa',
  title: 'Multi-factor authentication',
  about: 'Requires a second factor for root and for every user who signs in to the console.',
  needs: ['admin-user'],
  findings: [
    {
      id: 'mfa.root',
      severity: 'critical',
      kind: 'wanted',
      title: 'Root has MFA',
      references: ['cis-7.0:2.5', 'prowler:iam_root_mfa_enabled'],
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-virt-mfa-for-root.html
      guide: {
        clicks: [
          'Sign in as root: with the email address of the account.',
          'Under "Multi-factor authentication (MFA)" choose "Assign MFA device".',
          'Give it a name; choose "Passkey or security key", or "Authenticator app"; then "Next".',
          'Follow the page to its end. An app asks for two codes, one after the other, and "Add MFA".',
        ],
      },
    },
    {
      id: 'mfa.root-hardware',
      severity: 'low',
      kind: 'audit',
      title: 'The MFA device of root is a hardware key or a passkey',
      references: ['cis-7.0:2.6', 'prowler:iam_root_hardware_mfa_enabled'],
    },
    {
      id: 'mfa.leftover',
      severity: 'low',
      kind: 'wanted',
      title: 'No virtual MFA device is left from an unfinished enrolment',
      references: [],
    },
    {
      id: 'mfa.admin',
      severity: 'high',
      kind: 'wanted',
      title: 'The administrator has MFA',
      references: ['cis-7.0:2.10', 'prowler:iam_administrator_access_with_mfa'],
    },
    {
      id: 'mfa.console-users',
      severity: 'high',
      kind: 'audit',
      title: 'Every other user with a console password has MFA',
      references: ['cis-7.0:2.10', 'prowler:iam_user_mfa_enabled_console_access'],
    },
  ],
  explain: async () => (await import('./explain.js')).pages,
  schema,
  member: { applies: [] },
  whenAbsent: 'wanted',
  practice: () => ({ assign: 'unattended' }),
  questions: [],

  permissions,
  desire: (slice, context) => ({
    root: slice.root === 'required',
    admin: slice.admin === 'required',
    assign: slice.assign,
    present: context.command === 'check' || !context.unattended,
    keepSeed: slice['keep-seed'],
    users: slice.users,
    adminName: context.intents.admin?.name,
    adminGroup: context.intents.admin?.group ?? '',
    identityCenter: context.intents.identityCenter === true,
    passwordComing: isPasswordComing(slice.assign, context),
    destination: context.secrets === 'chosen',
    audit: context.command === 'check',
  }),
  secrets: ({ present, assign, keepSeed }) =>
    present && assign === 'in-person' && keepSeed ? [{ kind: 'mfa-seed', storedIn: 'destination', name: 'an MFA seed' }] : [],
  intent: ({ admin, assign }) => ({ mfa: { adminRequired: admin, assign } }),

  observe: async (context, { adminName, adminGroup, users: names, audit }) => {
    const { cloud, caller, accountId, secrets, journal } = context;
    const everyone = audit || adminName === undefined;
    const devices = readVirtualDevices({ cloud, secrets, journal, caller });
    const [{ partition }, root, virtual, admin, named, scanned, users, roles] = await Promise.all([
      caller(),
      readRootUser(cloud),
      devices,
      adminName === undefined ? undefined : readAdministrator(cloud, adminName, adminGroup),
      readNamed(cloud, names, adminName),
      readScanned({ journal, caller }),
      everyone ? readConsoleUsers(context, { adminName, audit, devices }) : undefined,
      adminName === undefined ? readAdministratorRoles(cloud, accountId) : undefined,
    ]);
    const identityCenterRoles = roles?.ok === true ? roles.value.identityCenter : [];
    return { partition, root, virtual, admin, named, scanned, users, identityCenterRoles };
  },

  assess: assessMfa,

  undo: undoMfa,

  recap: (_, { admin, named, scanned }) =>
    [...(admin === undefined ? [] : [admin]), ...named]
      .filter(({ devices }) => devices.ok && devices.value.some((serial) => scanned.includes(serial)))
      .map(({ name }) => ({
        label: `MFA of ${name}`,
        value: 'in the authenticator that scanned it',
      })),

  apply: async (context, change) => {
    if (change.kind === 'enrol-mfa') await enrol(context, change);
    else await deleteDevice(context, change.serial);
  },
});

/**
 * Whether the admin-user step creates the password in this run. It creates none without a destination, and none before a device that
 * no one is present to assign.
 */
const isPasswordComing = (assign: Desired['assign'], { command, intents, running, secrets, unattended }: DesireContext): boolean =>
  command === 'init' &&
  intents.admin?.console === true &&
  running('admin-user') &&
  secrets === 'chosen' &&
  (!unattended || assign === 'unattended');

/** Reads by the name in the config, without waiting for the list of users; again in the rare case that the account spells it differently. */
const readAdministrator = async (cloud: ReadCloud, name: string, group: string): Promise<ConsoleUser> => {
  const [asWritten, people] = await Promise.all([readConsoleUser(cloud, { name, admin: true }), readPeople(cloud)]);
  const spelled = spelledAs(people, name);
  const read = spelled === name ? asWritten : await readConsoleUser(cloud, { name: spelled, admin: true });
  return { ...read, missing: people.ok && !willExist(people.value, name, group) };
};

const readConsoleUser = async (cloud: ReadCloud, { name, admin }: Pick<Person, 'name' | 'admin'>): Promise<ConsoleUser> => {
  const [password, devices] = await Promise.all([readConsolePassword(cloud, name), readMfaDevices(cloud, name)]);
  return { name, admin, password, devices };
};

/** An administrator whose rights have a condition needs MFA like any other. */
const rightsIn = ({ rights }: Person): Pick<ConsoleUser, 'admin' | 'conditions'> =>
  rights.kind === 'administrator' ? { admin: true, conditions: rights.conditions } : { admin: false };

const readPerson = async (cloud: ReadCloud, person: Person): Promise<ConsoleUser> => {
  const rights = rightsIn(person);
  return { ...(await readConsoleUser(cloud, { name: person.name, admin: rights.admin })), ...rights };
};

/**
 * A user by the credential report and the list of virtual devices, which is live. undefined: read the user live, because `init` could fix
 * what would fail, or it may be fixed since an earlier report, or the user has a device that is not in the list.
 */
const reportedPerson = (
  person: Person,
  row: ReportedUser | undefined,
  virtual: Reading<readonly VirtualDevice[]>,
): ConsoleUser | undefined => {
  if (row === undefined || !row.password.ok) return undefined;
  const { name } = person;
  const rights = rightsIn(person);
  const reported = { name, ...rights, password: row.password, reported: row.age };
  const own = map(all(row.password, virtual), ([, list]) => list.filter(({ user }) => user === name).map(({ serial }) => serial));
  if (row.password.value === undefined || (own.ok && own.value.length > 0)) return { ...reported, devices: own };
  if (rights.admin || !row.current) return undefined;
  return { ...reported, devices: map(row.mfa, (active) => (active ? [`an active device${row.age}`] : [])) };
};

/** The users in the config, each once, as the account spells them. The administrator is read separately. */
const readNamed = async (cloud: ReadCloud, names: readonly string[], adminName: string | undefined): Promise<readonly ConsoleUser[]> => {
  if (names.length === 0) return [];
  const people = await readPeople(cloud);
  const others = names.filter(
    (name, index) => (adminName === undefined || !sameName(name, adminName)) && names.findIndex((other) => sameName(other, name)) === index,
  );
  return Promise.all(
    others.map(async (name): Promise<ConsoleUser> => {
      const read = await readConsoleUser(cloud, { name: spelledAs(people, name), admin: false });
      return { ...read, missing: people.ok && !people.value.users.some((user) => sameName(user.name, name)) };
    }),
  );
};

/** Every user but the administrator of the config, who is read separately. */
const readConsoleUsers = async (
  context: ObserveContext,
  { adminName, audit, devices }: Pick<Desired, 'adminName' | 'audit'> & { readonly devices: ReturnType<typeof readVirtualDevices> },
): Promise<Reading<readonly ConsoleUser[]>> => {
  const { cloud } = context;
  const people = await readPeople(cloud);
  if (!people.ok) return people;
  const others = people.value.users.filter(({ name }) => adminName === undefined || !sameName(name, adminName));
  const rows = await readUserRows(context, audit ? people.value.users.length : 0);
  const virtual = await devices;
  const read = others.map(async (person) => reportedPerson(person, rows(person), virtual) ?? readPerson(cloud, person));
  return { ...people, value: await Promise.all(read) };
};

const readScanned = async ({ journal, caller }: Pick<ObserveContext, 'journal' | 'caller'>): Promise<readonly string[]> => {
  const { accountId } = await caller();
  const entries = (await journal.entries(accountId)).filter(({ kind, made }) => kind === 'mfa-seed' && made !== null);
  // A device that is created again has the same serial number, so the last entry counts.
  const last = new Map(entries.map((entry) => [entry.made ?? '', entry]));
  return [...last].flatMap(([serial, { state, place }]) => (state === 'closed' && place === null ? [serial] : []));
};
