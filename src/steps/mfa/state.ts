import type { EnrolBy } from '../../core/enrol.js';
import type { Change } from '../../core/finding.js';
import type { Reading } from '../../core/reading.js';
import type { ConsolePassword, RootUser } from '../shared/people.js';

/** The types of the mfa step: desired, observed, and its changes. */

export interface Desired {
  readonly root: boolean;
  readonly admin: boolean;
  readonly assign: 'in-person' | 'unattended';
  /** Someone is at the terminal and can scan a code. */
  readonly present: boolean;
  /** The seed of a device enrolled in person is stored in the destination too. */
  readonly keepSeed: boolean;
  /** Other users to enrol, by name. */
  readonly users: readonly string[];
  /** The administrator of the config; undefined: every administrator of the account. */
  readonly adminName: string | undefined;
  readonly adminGroup: string;
  /** With the config, administrators sign in through IAM Identity Center. */
  readonly identityCenter: boolean;
  /** This run creates the administrator's password, so a device is needed although there is no password yet. */
  readonly passwordComing: boolean;
  /** Whether the run has a destination for the seed. */
  readonly destination: boolean;
  /** True for `check`, which assesses every user; `init` assesses only the administrator. */
  readonly audit: boolean;
}
export interface ConsoleUser {
  readonly name: string;
  /** The user does not exist; for the administrator: and `init` cannot create it. */
  readonly missing?: boolean;
  readonly admin: boolean;
  /** The condition keys under which a user is an administrator. */
  readonly conditions?: readonly string[];
  readonly password: Reading<ConsolePassword | undefined>;
  /** Serial numbers of devices of every kind. */
  readonly devices: Reading<readonly string[]>;
  /** The age of the credential report, if that is where password and devices are from. */
  readonly reported?: string;
}
export interface VirtualDevice {
  readonly serial: string;
  readonly holder: 'root' | 'user' | 'none';
  /** Name of the user that has it. */
  readonly user?: string | undefined;
  /** For an unassigned device, and for an undo: whether this tool created it. */
  readonly ours: Reading<boolean>;
}
export interface Observed {
  readonly partition: string;
  readonly root: Reading<RootUser>;
  readonly virtual: Reading<readonly VirtualDevice[]>;
  readonly admin: ConsoleUser | undefined;
  /** The other users of the config, in the same order. */
  readonly named: readonly ConsoleUser[];
  /** Serial numbers of devices that were enrolled by this tool and whose seed is only in an authenticator. */
  readonly scanned: readonly string[];
  /** Administrator roles of IAM Identity Center, by name; empty if the config names an administrator. */
  readonly identityCenterRoles: readonly string[];
  /** All users; undefined if this run does not need them. */
  readonly users: Reading<readonly ConsoleUser[]> | undefined;
}

/** An unattended enrolment: the codes are computed from the seed. The value is in saved plans, so it must not change. */
export const unattended = 'unattended' satisfies EnrolBy;

export interface EnrolMfa extends Change {
  readonly kind: 'enrol-mfa';
  readonly user: string;
  readonly by: EnrolBy;
  readonly stored: boolean;
  readonly deviceName: string;
  /** A device that this tool left from an unfinished enrolment, which is deleted first. */
  readonly replacesLeftover: string | null;
}
export interface DeleteLeftoverDevice extends Change {
  readonly kind: 'delete-leftover-device';
  readonly serial: string;
}
export type MfaChange = EnrolMfa | DeleteLeftoverDevice;
