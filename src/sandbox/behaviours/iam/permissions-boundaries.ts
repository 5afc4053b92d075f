import type { Behaviours } from '../../behaviour.js';
import type { AccountWorld } from '../../world.js';
import { absent, findUser } from './entities.js';
import { checkPolicy } from './policies.js';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html */
interface Bounded {
  permissionsBoundary?: string;
}

const put = (holder: Bounded, account: AccountWorld, arn: string): Record<string, unknown> => {
  checkPolicy(account, arn);
  holder.permissionsBoundary = arn;
  return {};
};

const remove = (holder: Bounded & { readonly name: string }): Record<string, unknown> => {
  if (holder.permissionsBoundary === undefined) absent(`${holder.name} has no permissions boundary.`);
  delete holder.permissionsBoundary;
  return {};
};

export const permissionsBoundaries: Behaviours = {
  PutUserPermissionsBoundary(input, { account }) {
    return put(findUser(account, input.UserName), account, input.PermissionsBoundary);
  },
  DeleteUserPermissionsBoundary(input, { account }) {
    return remove(findUser(account, input.UserName));
  },
};

/** Left out of an answer where there is none. */
export const boundaryShape = ({ permissionsBoundary }: Bounded): Record<string, unknown> | undefined =>
  permissionsBoundary === undefined
    ? undefined
    : { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: permissionsBoundary };

/** The boundary that a new user or role is created with. */
export const newBoundary = (account: AccountWorld, arn: string | undefined): Bounded => {
  if (arn === undefined) return {};
  checkPolicy(account, arn);
  return { permissionsBoundary: arn };
};
