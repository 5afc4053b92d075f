import { allEnded } from '../../core/all-ended.js';
import { awsInfo, isAwsError } from '../../core/aws-error.js';
import type { WriteOperation } from '../../core/cloud.js';
import { BootstrapError } from '../../core/errors.js';
import type { Change } from '../../core/finding.js';
import type { ApplyContext } from '../../core/step.js';
import { hasOwnTag, ownTag } from './created-users.js';
import { readBackIfExists } from './journal.js';
import { readPeople, sameName } from './people.js';

/** A user who gets permissions from the managed policies of a group. Only the calls of the plan are sent. */
interface UserInGroup extends Pick<Change, 'calls'> {
  readonly user: string;
  readonly group: string;
  readonly policyArns: readonly string[];
}
type Context = Pick<ApplyContext, 'cloud' | 'clock' | 'signal' | 'forget'>;

/**
 * Creates the group beside the user, and then attaches the policies beside adding the user. If one of them exists by now, the engine reads the
 * account again, and continues if the approved change still fits it: not for a group with other members, and never for a user of someone else.
 */
export const createUserInGroup = async (context: Context, { user, group, policyArns, calls }: UserInGroup): Promise<void> => {
  const { cloud } = context;
  const planned = <T>(operation: WriteOperation, sent: () => readonly Promise<T>[]): readonly Promise<T>[] =>
    calls.includes(operation) ? sent() : [];
  const newGroup = planned('iam:CreateGroup', () => [readBackIfExists(cloud.write('iam:CreateGroup', { GroupName: group }))]);
  const newUser = planned('iam:CreateUser', () => [createUser(context, user)]);
  // A user of someone else matters more than a group to be read back.
  await allEnded<unknown>([...newUser, ...newGroup]);
  await allEnded<unknown>([
    ...planned('iam:AttachGroupPolicy', () =>
      policyArns.map((PolicyArn) => cloud.write('iam:AttachGroupPolicy', { GroupName: group, PolicyArn })),
    ),
    ...planned('iam:AddUserToGroup', () => [cloud.write('iam:AddUserToGroup', { GroupName: group, UserName: user })]),
  ]);
};

/** An existing user with our tag is of an earlier run, or of a request whose answer was lost. */
const createUser = async (context: Context, user: string): Promise<void> => {
  try {
    await readBackIfExists(context.cloud.write('iam:CreateUser', { UserName: user, Tags: [ownTag] }));
  } catch (error) {
    if (!isAwsError(error, 'EntityAlreadyExists') || (await isOwn(context, user))) throw error;
    throw new BootstrapError({
      code: 'E-PLAN-CHANGED',
      message: `Someone else created the user ${user} after the plan was made, so it gets no permissions.`,
      next: 'Review the new plan: run the same command with --dry-run. Or choose another name in the config.',
      aws: awsInfo(error),
      cause: error,
    });
  }
};

/** IAM may list a new user only after a delay. */
const patienceMs = 10_000;

const isOwn = async ({ cloud, clock, signal, forget }: Context, name: string): Promise<boolean> => {
  for (let waited = 0, delay = 1_000; ; waited += delay) {
    forget();
    const people = await readPeople(cloud);
    const user = people.ok ? people.value.users.find((one) => sameName(one.name, name)) : undefined;
    if (user !== undefined || waited >= patienceMs) return user !== undefined && hasOwnTag(user.tags);
    await clock.sleep(delay, signal);
  }
};
