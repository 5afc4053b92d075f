import { Fault, type Scene } from '../../behaviour.js';
import { page } from '../page.js';

/** The errors and input checks that the operations of Organizations share. All errors of this service have status 400. */

export const fault = (code: string, message: string, fields: Readonly<Record<string, unknown>> = {}): Fault =>
  new Fault(code, 400, message, fields);

export const denied = (): Fault => fault('AccessDeniedException', "You don't have permissions to access this resource.");

export const constraint = (reason: string, message: string): Fault => fault('ConstraintViolationException', message, { Reason: reason });

export const handshakeConstraint = (reason: string, message: string): Fault =>
  fault('HandshakeConstraintViolationException', message, { Reason: reason });

export const invalid = (reason: string, message: string): Fault => fault('InvalidInputException', message, { Reason: reason });

export const PATTERNS = {
  account: /^\d{12}$/,
  handshake: /^h-[0-9a-z]{8,32}$/,
  request: /^car-[a-z0-9]{8,32}$/,
  parent: /^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$/,
  child: /^(\d{12}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$/,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: AWS accepts 7-bit ASCII only.
  email: /^(?=[\x00-\x7f]*$)[^\s@]+@[^\s@]+\.[^\s@]+$/,
  accountName: /^[\x20-\x7e]+$/,
  roleName: /^[\w+=,.@-]{1,64}$/,
  servicePrincipal: /^[\w+=,.@-]*$/,
} as const;

export interface TextRule {
  readonly pattern?: RegExp;
  readonly min?: number;
  readonly max?: number;
  readonly reason?: string;
}

/** Returns a required text. Throws if it breaks its rule. */
export function text(value: unknown, name: string, { pattern, min = 1, max, reason = 'INVALID_PATTERN' }: TextRule): string {
  if (typeof value !== 'string') throw invalid('INPUT_REQUIRED', `${name} is required.`);
  if (value.length < min) throw invalid('MIN_LENGTH_EXCEEDED', `${name} must have at least ${min} characters.`);
  if (max !== undefined && value.length > max) throw invalid('MAX_LENGTH_EXCEEDED', `${name} must have at most ${max} characters.`);
  if (pattern !== undefined && !pattern.test(value))
    throw invalid(reason, `You specified a value of ${name} that doesn't match the required pattern: ${value}`);
  return value;
}

export function choice<T extends string>(value: unknown, name: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw invalid('INVALID_ENUM', `${name} must be one of ${allowed.join(', ')}, not ${String(value)}.`);
  return found;
}

/** `existing` merged with the tags of a request, which win. */
export function tags(input: unknown): Record<string, string> {
  const all: Record<string, string> = {};
  for (const { Key: key, Value: value } of (Array.isArray(input) ? input : []) as readonly { Key?: unknown; Value?: unknown }[]) {
    const name = text(key, 'a tag key', { max: 128, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u });
    if (/^aws:/i.test(name)) throw invalid('INVALID_SYSTEM_TAGS_PARAMETER', `You can't add, edit or delete the system tag ${name}.`);
    if (Object.hasOwn(all, name)) throw invalid('DUPLICATE_TAG_KEY', `Tag key ${name} is given twice.`);
    all[name] = text(value, `the value of tag ${name}`, { min: 0, max: 256, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u });
  }
  if (Object.keys(all).length > 50) throw constraint('MAX_TAG_LIMIT_EXCEEDED', 'A resource can have at most 50 tags.');
  return all;
}

export interface ListInput {
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** Lists of Organizations have at most 20 entries per page, and a page can be empty although more follow. */
export function listed<T>(
  items: readonly T[],
  input: ListInput,
  scene: Scene,
): { readonly items: T[]; readonly next: { readonly NextToken?: string } } {
  const size = input.MaxResults ?? 20;
  if (size < 1) throw invalid('MIN_VALUE_EXCEEDED', `MaxResults must be at least 1, not ${size}.`);
  if (size > 20) throw invalid('MAX_VALUE_EXCEEDED', `MaxResults must be at most 20, not ${size}.`);
  return page(items, input.NextToken, {
    size,
    badToken: () => invalid('INVALID_NEXT_TOKEN', 'You specified a NextToken that does not come from a previous call of the operation.'),
    emptyFirst: scene.world.knobs.emptyFirstPage === true,
  });
}
