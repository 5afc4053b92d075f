import { usage } from '../../core/errors.js';
import { profileMark, profileNameProblem } from '../../core/profile-name.js';
import { keyError } from './errors.js';
import { keysOf, rowsAfter, surroundings, userOf } from './list.js';
import type { ObservedKey, Surroundings } from './reads.js';
import { planRotation, type RotationPlan } from './rotation-plan.js';
import { rotate } from './rotation.js';
import type { KeysOutcome, KeysRun } from './types.js';

/** `keys rotate`: plan, ask, make, store, prove, and only then switch the old key off. */
export const rotateKeys = async (run: KeysRun): Promise<KeysOutcome> => {
  const { app, flags, connection, caller, inUse, journal, secretsFile, port, signerOf } = run;
  const user = userOf(run);
  const around = await surroundings(run);
  const keys = await keysOf(run, user, around);
  const request = { user, key: flags.key, deleteInactive: flags.deleteInactive };
  const plan = planRotation(request, { keys, journal: await journal.entries(caller.accountId), inUse });
  const old = plan.old ?? (plan as Extract<RotationPlan, { kind: 'finish' }>).fresh;
  const destination = destinationOf(run, user, old, around, plan.kind === 'finish');
  const { profiles } = destination;
  const [profile] = profiles;
  if (profile === undefined) await run.guardSecretsFile();
  const sink = await app.secrets({
    file: profile === undefined ? secretsFile : undefined,
    profiles: profile !== undefined,
    profile: profiles.length === 1 ? profile : undefined,
    replaceProfile: false,
    replacesKey: old.id,
    caller: connection.identify,
  });
  const place = profile === undefined ? destination.place : profiles.map((name) => `the profile ${name}`).join(' and ');
  await run.approve(`Rotate the access key ${old.id} of ${user}?`, planLines(plan, user, place));

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
  const { fresh, signer } = await (async () => {
    try {
      return await rotation;
    } finally {
      await sink.close();
    }
  })();
  return {
    keys: await rowsAfter(run, signer, user),
    notes: plan.old === undefined ? [] : notesOf(run, plan.old, fresh, profiles),
    next:
      plan.old === undefined
        ? null
        : `Delete the old key when nothing misses it: \`bootstrap keys delete --user ${user} --key ${plan.old.id}\``,
  };
};

/** Where the new key goes: where the old one is, else the chosen place. Refused before anything is made. */
const destinationOf = (
  { flags, secretsFile, app }: KeysRun,
  user: string,
  old: ObservedKey,
  { held, secretsFile: file }: Surroundings,
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
  const profiles = old.heldIn.flatMap((place) => (place.kind === 'profile' ? [place.name] : []));
  if (profiles.length > 0) return { profiles, place: '' };
  if (secretsFile !== undefined || app.sandboxed || finishing) return { profiles: [], place: file ?? 'the place of the earlier run' };
  throw keyError('E-KEY-NOWHERE', {
    message: `The secret of ${old.id} is in no profile of the AWS files, so there is no place known for the new key of ${user}.`,
    next: `Choose one: --profile-to-write ${/^[\w+=,.@-]+$/.test(user) ? user : 'NAME'}, or --secrets-file FILE.`,
  });
};

const guardProfile = (name: string, holds: readonly string[], old: string, finishing: boolean): void => {
  const problem = profileNameProblem(name);
  if (problem !== undefined) throw usage(`--profile-to-write: the name ${problem}.`, 'Choose another name.');
  const other = holds.find((id) => id !== old);
  if (other === undefined || finishing) return;
  throw keyError('E-KEY-NOWHERE', {
    message:
      other === ''
        ? `The profile ${name} signs in by other means, so no key is put into it.`
        : `The profile ${name} holds another access key (${other}).`,
    next: 'Choose another profile: --profile-to-write NAME.',
  });
};

const planLines = (plan: RotationPlan, user: string, place: string): readonly string[] => {
  if (plan.kind === 'finish') {
    return [
      `An earlier run made ${plan.fresh.id} for ${user} and stored it: it is proven now${plan.old?.active === true ? `, and ${plan.old.id} switched off` : ''}.`,
    ];
  }
  return [
    ...plan.discard.map(({ key, why }) =>
      why === 'lost' ? `Delete ${key.id}, whose secret an earlier run lost` : `Delete ${key.id}, which is switched off`,
    ),
    `Make a new access key for ${user} and store it in ${place}`,
    `Prove it, then switch off ${plan.old.id} (it is not deleted)`,
  ];
};

const notesOf = ({ app, inUse }: KeysRun, old: ObservedKey, fresh: string, profiles: readonly string[]): readonly string[] => {
  const left = old.heldIn.flatMap((place) => (place.kind === 'profile' && !profiles.includes(place.name) ? [place.name] : []));
  return [
    ...left.map((name) => `The profile ${name} still holds ${old.id}, which is switched off now.`),
    ...(old.heldIn.length === 0 ? [`Where ${old.id} was used is not known here: put ${fresh} in its place there.`] : []),
    ...(inUse === old.id && app.host.env['AWS_ACCESS_KEY_ID'] === old.id
      ? [`AWS_ACCESS_KEY_ID of this shell is still ${old.id}, which is switched off now: unset the key variables.`]
      : []),
  ];
};
