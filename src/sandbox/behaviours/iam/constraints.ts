import { Fault } from '../../behaviour.js';

/** Lengths and patterns of IAM's service model, by member: the same in every operation that has the member. */
interface Constraint {
  readonly pattern?: RegExp;
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly string[];
}

const name = /^[\w+=,.@-]+$/;
const constraints: Readonly<Record<string, Constraint>> = {
  UserName: { pattern: name, min: 1, max: 128 },
  GroupName: { pattern: name, min: 1, max: 128 },
  RoleName: { pattern: name, min: 1, max: 64 },
  PolicyName: { pattern: name, min: 1, max: 128 },
  VirtualMFADeviceName: { pattern: name, min: 1 },
  Path: { pattern: /^(\/|\/[!-~]+\/)$/, min: 1, max: 512 },
  PathPrefix: { pattern: /^\/[!-~]*$/, min: 1, max: 512 },
  PolicyArn: { min: 20, max: 2048 },
  PermissionsBoundary: { min: 20, max: 2048 },
  PolicyDocument: { pattern: /^[\t\n\r\x20-\xFF]+$/, min: 1, max: 131_072 },
  AssumeRolePolicyDocument: { pattern: /^[\t\n\r\x20-\xFF]+$/, min: 1, max: 131_072 },
  Password: { pattern: /^[\t\n\r\x20-\xFF]+$/, min: 1, max: 128 },
  NewPassword: { pattern: /^[\t\n\r\x20-\xFF]+$/, min: 1, max: 128 },
  SerialNumber: { pattern: /^[\w+=/:,.@-]+$/, min: 9, max: 256 },
  AuthenticationCode1: { pattern: /^\d{6}$/ },
  AuthenticationCode2: { pattern: /^\d{6}$/ },
  AccessKeyId: { pattern: /^\w+$/, min: 16, max: 128 },
  AccountAlias: { pattern: /^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$/, min: 3, max: 63 },
  AssignmentStatus: { oneOf: ['Assigned', 'Unassigned', 'Any'] },
  Status: { oneOf: ['Active', 'Inactive', 'Expired'] },
  Scope: { oneOf: ['All', 'AWS', 'Local'] },
  Marker: { pattern: /^[\x20-\xFF]+$/, min: 1 },
  Description: { max: 1000 },
};

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  MaxItems: [1, 1000],
  MinimumPasswordLength: [6, 128],
  MaxPasswordAge: [1, 1095],
  PasswordReusePrevention: [1, 24],
  MaxSessionDuration: [3600, 43_200],
};

/** The most that a list of a request can have, in IAM and STS; what an entity has already is counted by its quota. */
const longest: Readonly<Record<string, number>> = { Tags: 50, TagKeys: 50, TransitiveTagKeys: 50 };

/** Throws ValidationError with the message of AWS, for all broken constraints at once. */
export function checkConstraints(input: Readonly<Record<string, unknown>>): void {
  const problems = Object.entries(input).flatMap(([member, value]) => problemsOf(member, value));
  if (problems.length > 0)
    throw invalid(`${problems.length} validation error${problems.length > 1 ? 's' : ''} detected: ${problems.join('; ')}`);
}

/** One broken constraint that is not in the table above: `constraint` as in "Member must …". */
export const invalidValue = (member: string, value: unknown, constraint: string): Fault =>
  invalid(`1 validation error detected: ${broken(member, value, constraint)}`);

/** The name of a new user must be shorter than the member allows elsewhere. */
export function checkLength(member: string, value: string, max: number): void {
  if (value.length > max) throw invalidValue(member, value, `Member must have length less than or equal to ${max}`);
}

export const invalid = (message: string): Fault => new Fault('ValidationError', 400, message);

function problemsOf(member: string, value: unknown): readonly string[] {
  if (typeof value === 'number') {
    const [least, most] = ranges[member] ?? [-Infinity, Infinity];
    if (Number.isNaN(value) || value < least) return [broken(member, value, `Member must have value greater than or equal to ${least}`)];
    return value > most ? [broken(member, value, `Member must have value less than or equal to ${most}`)] : [];
  }
  if (Array.isArray(value)) {
    const most = longest[member];
    return most !== undefined && value.length > most
      ? [broken(member, `[${value.length} members]`, `Member must have length less than or equal to ${most}`)]
      : [];
  }
  const constraint = constraints[member];
  if (typeof value !== 'string' || constraint === undefined) return [];
  const { pattern, min = 0, max = Infinity, oneOf } = constraint;
  if (value.length < min) return [broken(member, value, `Member must have length greater than or equal to ${min}`)];
  if (value.length > max) return [broken(member, value, `Member must have length less than or equal to ${max}`)];
  if (pattern !== undefined && !pattern.test(value))
    return [broken(member, value, `Member must satisfy regular expression pattern: ${pattern.source}`)];
  return oneOf === undefined || oneOf.includes(value)
    ? []
    : [broken(member, value, `Member must satisfy enum value set: [${oneOf.join(', ')}]`)];
}

/** AWS omits secret values from the message. */
function broken(member: string, value: unknown, constraint: string): string {
  const secret = member.includes('Password') && typeof value === 'string';
  const shown = secret ? 'Value' : `Value '${value === undefined ? 'null' : String(value)}'`;
  return `${shown} at '${member.charAt(0).toLowerCase()}${member.slice(1)}' failed to satisfy constraint: ${constraint}`;
}
