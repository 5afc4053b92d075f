import { usage } from '../../core/errors.js';
import { keysCommand } from '../../core/keys.js';
import { profileMark, profileNameProblem } from '../../core/profile-name.js';
import { keyError, unreadError } from './errors.js';
import { keysOf, readStorage, rowsAfter, userOf } from './list.js';
import { type KeyStorage, type ObservedKey, readKeys, readUserNames } from './reads.js';
import { planRotation, type RotationPlan } from './rotation-plan.js';
import { rotate } from './rotation.js';
import type { KeysOutcome, KeysRun } from './types.js';

/** `keys rotate`: plan, ask, create, store and verify the new key, and only then disable the old one. */
export const rotateKeys = async (run: KeysRun): Promise<KeysOutcome> => {
  const { app, flags, connection, caller, inUse, journal, secretsFile, port, signerOf } = run;
  const { user, why } = await rotatedUser(run);
  const storage = await readStorage(run);
  const keys = await keysOf(run, user, storage);
  const request = { user, key: flags.key, deleteInactive: flags.deleteInactive };
  const plan = planRotation(request, { keys, journal: await journal.entries(caller.accountId), inUse });
  const old = plan.old ?? (plan as Extract<RotationPlan, { kind: 'finish' }>).newKey;
  const destination = destinationOf(run, user, old, storage, plan.kind === 'finish');
  const { profiles } = destination;
  const [profile] = profiles;
  if (profile === undefined) await run.guardSecretsFile();
  const sink = await app.secrets({
    file: profile === undefined ? secretsFile : undefined,
    profiles: profile !== undefined,
    profile: profiles.length === 1 ? profile : undefined,
    replacesKey: old.id,
    caller: connection.identify,
  });
  const place = profile === undefined ? destination.place : profiles.map((name) => `the profile ${name}`).join(' and ');
  await run.approve(`Rotate the access key ${old.id} of ${user}?`, [...why, ...planLines(plan, user, place)]);

  const rotation = rotate(
    {
      ...port,
      signer: connection.boundary,
      signerOf,
      caller,
      inUse,
      journal,
      sink,
      storedKey: (id) => app.storedKey(id, secretsFile),
      profiles,
      place,
    },
    user,
    plan,
  );
  const { newKeyId, signer } = await (async () => {
    try {
      return await rotation;
    } finally {
      await sink.close();
    }
  })();
  return {
    keys: await rowsAfter(run, signer, user),
    notes: [...why, ...(plan.old === undefined ? [] : notesOf(run, plan.old, newKeyId, profiles))],
    next: plan.old === undefined ? null : `If nothing needs the old key, delete it: \`${keysCommand('delete', user, plan.old.id)}\``,
  };
};

/**
 * The user whose key is rotated: --user, or you, or else the only user with an active key (with --key: the owner of that key). `why`
 * describes how the user was chosen if you did not name one. Throws if there are several.
 */
const rotatedUser = async (run: KeysRun): Promise<{ readonly user: string; readonly why: readonly string[] }> => {
  const { flags, caller, connection } = run;
  const { cloud } = connection.boundary;
  if (flags.user !== undefined) return { user: flags.user, why: [] };
  if (caller.identity.kind === 'user') {
    const own = await readKeys(cloud, caller.identity.name);
    if (!own.ok || own.value === undefined || own.value.length > 0) return { user: userOf(run), why: [] };
  }
  const names = await readUserNames(cloud);
  if (!names.ok) {
    if (names.cause !== 'denied') throw unreadError(names, null);
    // Without a list of users there is no choice: the user without a key, or the request to name one.
    return { user: userOf(run), why: [] };
  }
  const lists = await Promise.all(names.value.map(async (user) => ({ user, keys: await readKeys(cloud, user) })));
  const owners = lists.flatMap(({ user, keys }) =>
    keys.ok && keys.value?.some(({ id, active }) => (flags.key === undefined ? active : id === flags.key)) ? [user] : [],
  );
  const unread = lists.flatMap(({ user, keys }) => (keys.ok ? [] : [user]));
  const [user, second] = owners;
  const has = flags.key === undefined ? 'has an active access key' : `has the access key ${flags.key}`;
  if (user !== undefined && second === undefined && (unread.length === 0 || flags.key !== undefined)) {
    return { user, why: flags.key === undefined ? [`${user} is the only user that ${has}.`] : [] };
  }
  const hidden = unread.length === 0 ? '' : ` The keys of ${some(unread)} cannot be read.`;
  if (user === undefined) {
    throw keyError('E-KEY-NONE', {
      message: `No user of account ${caller.accountId} ${has}, so there is nothing to rotate.${hidden}`,
      next: '`bootstrap keys list` shows all keys.',
    });
  }
  throw usage(
    `Missing user: ${owners.length === 1 ? `${user} ${has}.` : `${owners.length} users have an active access key: ${some(owners)}.`}${hidden}`,
    `Pass --user NAME, for example \`${keysCommand('rotate', user)}\`.`,
  );
};

/** The first of many names. */
const some = (names: readonly string[]): string => {
  const most = 20;
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
};

/** Where the new key is stored: where a flag says, or else where the old one is, or else the destination of the config. Throws before anything is created. */
const destinationOf = (
  { flags, secretsFile, app }: KeysRun,
  user: string,
  old: ObservedKey,
  { held, secretsFile: file }: KeyStorage,
  finishing: boolean,
): { readonly profiles: readonly string[]; readonly place: string } => {
  const chosen = flags.profileToWrite;
  if (chosen !== undefined) {
    guardProfile(
      chosen,
      held.filter((mark) => mark.user === profileMark(chosen, '').user).map(({ id }) => id),
      old.id,
      finishing,
    );
    return { profiles: [chosen], place: '' };
  }
  const profiles = old.heldIn.flatMap((place) => (place.kind === 'profile' && flags.secretsFile === undefined ? [place.name] : []));
  if (profiles.length > 0) return { profiles, place: '' };
  if (secretsFile !== undefined || app.sandboxed || finishing) return { profiles: [], place: file ?? 'the destination of the earlier run' };
  throw keyError('E-KEY-NOWHERE', {
    message: `The secret of ${old.id} is in no profile of the AWS files, so the new key of ${user} has no destination.`,
    next: `Pass --profile-to-write ${/^[\w+=,.@-]+$/.test(user) ? user : 'NAME'}, or --secrets-file FILE.`,
  });
};

const guardProfile = (name: string, keyIds: readonly string[], old: string, finishing: boolean): void => {
  const problem = profileNameProblem(name);
  if (problem !== undefined) throw usage(`--profile-to-write: the name ${problem}.`, 'Choose another name.');
  const other = keyIds.find((id) => id !== old);
  if (other === undefined || finishing) return;
  throw keyError('E-KEY-NOWHERE', {
    message:
      other === ''
        ? `The profile ${name} signs in another way, so no key is stored in it.`
        : `The profile ${name} contains another access key (${other}).`,
    next: 'Choose another profile with --profile-to-write NAME.',
  });
};

const planLines = (plan: RotationPlan, user: string, place: string): readonly string[] => {
  if (plan.kind === 'finish') {
    return [
      `An earlier run created and stored ${plan.newKey.id} for ${user}. Verify it${plan.old?.active === true ? `, then disable ${plan.old.id}` : ''}`,
    ];
  }
  return [
    ...plan.discard.map(({ key, why }) =>
      why === 'lost' ? `Delete ${key.id}, whose secret an earlier run lost` : `Delete ${key.id}, which is inactive`,
    ),
    `Create a new access key for ${user} and store it in ${place}`,
    `Verify the new key, then disable ${plan.old.id} (it is not deleted)`,
  ];
};

const notesOf = ({ app, inUse }: KeysRun, old: ObservedKey, newKeyId: string, profiles: readonly string[]): readonly string[] => {
  const unchanged = old.heldIn.flatMap((place) => (place.kind === 'profile' && !profiles.includes(place.name) ? [place.name] : []));
  return [
    ...unchanged.map((name) => `The profile ${name} still contains ${old.id}, which is now inactive.`),
    ...(old.heldIn.length === 0 ? [`Use ${newKeyId} wherever ${old.id} was used; this tool does not know where.`] : []),
    ...(inUse === old.id && app.host.env['AWS_ACCESS_KEY_ID'] === old.id
      ? [`AWS_ACCESS_KEY_ID in this shell is still ${old.id}, which is now inactive: unset the key variables.`]
      : []),
  ];
};
