import type { Cloud } from '../../../src/core/cloud.js';
import type { Journal } from '../../../src/core/journal.js';
import type { SecretSink } from '../../../src/core/secret.js';
import type { ApplyPort } from '../../../src/engine/apply.js';

/**
 * A process that is killed at the n-th boundary. Boundaries are before and after each write to AWS, each change of the journal and each
 * stored secret. After the kill, nothing has any effect.
 */
export const mortal = (port: ApplyPort, killedAt: number): { readonly port: ApplyPort; readonly killed: () => boolean } => {
  let boundary = 0;
  let dead = false;
  const beat = (): void => {
    boundary += 1;
    if (boundary === killedAt) dead = true;
    if (dead) throw new Error('killed');
  };
  const around = async <T>(work: () => Promise<T>): Promise<T> => {
    beat();
    const done = await work();
    beat();
    return done;
  };
  const cloud: Cloud = { ...port.cloud, write: (operation, input) => around(() => port.cloud.write(operation, input)) };
  const journal: Journal = {
    entries: port.journal.entries,
    open: (entry) => around(() => port.journal.open(entry)),
    note: (id, change) => around(() => port.journal.note(id, change)),
  };
  const secrets: SecretSink = { ...port.secrets, store: (entry) => around(() => port.secrets.store(entry)) };
  return { port: { ...port, cloud, journal, secrets }, killed: () => dead };
};
