import { Fault } from '../../behaviour.js';
import { list, type Statement } from '../../permissions.js';
import type { World } from '../../world.js';

const malformed = (message: string): Fault => new Fault('MalformedPolicyDocument', 400, message);

/** The grammar of a permissions policy. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export function checkPermissionsPolicy(document: string): void {
  for (const statement of parse(document)) {
    if (statement.Principal !== undefined) throw malformed('Policy document should not specify a principal.');
    if (statement.Resource === undefined && statement.NotResource === undefined)
      throw malformed('Policy statement must contain resources.');
    for (const resource of list(statement.Resource ?? statement.NotResource ?? [])) {
      if (resource !== '*' && !/^arn:[^:]*:[^:]+:[^:]*:[^:]*:.+/.test(resource))
        throw malformed(`Resource ${resource} must be in ARN format or "*".`);
    }
  }
}

/** A trust policy can only name existing principals: a user or role that has not spread yet is refused, too. */
export function checkTrustPolicy(world: World, document: string): void {
  for (const statement of parse(document)) {
    if (statement.Principal === undefined) throw malformed('Missing required field Principal');
    if (statement.Resource !== undefined) throw malformed('Has prohibited field Resource');
    for (const [kind, names] of Object.entries(statement.Principal === '*' ? {} : statement.Principal)) {
      if (!['AWS', 'Service', 'Federated'].includes(kind)) throw malformed(`Unknown principal type ${kind}`);
      for (const name of list(names))
        if (!principalExists(world, kind, name)) throw malformed(`Invalid principal in policy: "${kind}":"${name}"`);
    }
  }
}

function parse(document: string): readonly Statement[] {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    throw malformed('Syntax errors in policy.');
  }
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) throw malformed('Syntax errors in policy.');
  const { Version, Statement: found } = policy as { Version?: unknown; Statement?: unknown };
  if (Version !== undefined && Version !== '2012-10-17' && Version !== '2008-10-17') throw malformed('The policy has an invalid Version.');
  const statements = found === undefined ? [] : list(found as Statement | readonly Statement[]);
  if (statements.length === 0) throw malformed('Syntax errors in policy.');
  for (const statement of statements) {
    if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw malformed('Syntax errors in policy.');
    const actions = [statement.Action, statement.NotAction].filter((each) => each !== undefined).flatMap((each) => list(each));
    if (actions.length === 0) throw malformed('Policy statement must contain actions.');
    const odd = actions.find((action) => action !== '*' && !/^[\w*?-]+:[\w*?]+$/.test(action));
    if (odd !== undefined) throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
  }
  return statements;
}

/** Accounts outside the practice world do not exist here. */
function principalExists(world: World, kind: string, name: string): boolean {
  if (kind === 'Service') return /^[\w.-]+\.(amazonaws\.com|amazon\.com|amazonaws\.com\.cn)$/.test(name);
  if (kind === 'Federated') return /^(arn:[\w-]+:iam::\d{12}:(oidc|saml)-provider\/.+|[\w.-]+)$/.test(name);
  if (name === '*') return true;
  if (/^\d{12}$/.test(name)) return world.accounts[name] !== undefined;
  const [, id, what, path] = /^arn:[\w-]+:iam::(\d{12}):(root|user|role)(\/.*)?$/.exec(name) ?? [];
  const account = world.accounts[id ?? ''];
  if (account === undefined) return /^arn:[\w-]+:sts::\d{12}:assumed-role\/[^/]+\/[^/]+$/.test(name);
  if (what === 'root') return path === undefined;
  return (what === 'user' ? account.users : account.roles).some((entity) => entity.path + entity.name === path);
}
