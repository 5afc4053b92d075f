import type { EnrolBy } from '../../core/enrol.js';
import type { Change } from '../../core/finding.js';
import type { Reading } from '../../core/reading.js';
import type { ConsolePassword } from '../shared/people.js';
import type { RootUser } from '../shared/root-user.js';

/** What the mfa step wants, sees and changes. */

export interface Desired {
  readonly root: boolean;
  readonly admin: boolean;
  readonly assign: 'in-person' | 'unattended';
  /** Somebody is at the terminal who can scan a code. */
  readonly present: boolean;
  /** The seed goes to the destination as well, though a person has it. */
  readonly keepSeed: boolean;
  /** Other users to enrol, by name. */
  readonly users: readonly string[];
  /** The administrator of the config; undefined: every administrator that is found. */
  readonly adminName: string | undefined;
  readonly adminGroup: string;
  /** Administrators sign in through IAM Identity Center, by the config. */
  readonly identityCenter: boolean;
  /** This run gives the administrator its password, so that a device is due though there is none to protect yet. */
  readonly passwordComing: boolean;
  /** Whether there is a place for the seed. */
  readonly destination: boolean;
  /** `check` looks at every user; `init` at the administrator. */
  readonly audit: boolean;
}
export interface ConsoleUser {
  readonly name: string;
  /** Not there; for the administrator: and `init` cannot make it. */
  readonly missing?: boolean;
  readonly admin: boolean;
  /** The condition keys under which a user is an administrator. */
  readonly conditions?: readonly string[];
  readonly password: Reading<ConsolePassword | undefined>;
  /** Serial numbers of devices of every kind. */
  readonly devices: Reading<readonly string[]>;
}
export interface VirtualDevice {
  readonly serial: string;
  readonly holder: 'root' | 'user' | 'nobody';
  /** For a device of nobody: whether this tool made it. */
  readonly ours: Reading<boolean>;
}
export interface Observed {
  readonly partition: string;
  readonly root: Reading<RootUser>;
  readonly virtual: Reading<readonly VirtualDevice[]>;
  readonly admin: ConsoleUser | undefined;
  /** The other users that the config names, in its order. */
  readonly named: readonly ConsoleUser[];
  /** Serial numbers of devices that were enrolled here and whose seed is in an authenticator alone. */
  readonly scanned: readonly string[];
  /** Administrator roles of IAM Identity Center, by name; empty when an administrator is named. */
  readonly identityCenterRoles: readonly string[];
  /** All users; undefined when nobody asked. */
  readonly users: Reading<readonly ConsoleUser[]> | undefined;
}

export interface EnrolMfa extends Change {
  readonly kind: 'enrol-mfa';
  readonly user: string;
  readonly by: EnrolBy;
  readonly stored: boolean;
  readonly deviceName: string;
  /** A device of an unfinished enrolment of ours, which gives way to the new one. */
  readonly replacesLeftover: string | null;
}
export interface DeleteLeftoverDevice extends Change {
  readonly kind: 'delete-leftover-device';
  readonly serial: string;
}
export type MfaChange = EnrolMfa | DeleteLeftoverDevice;
