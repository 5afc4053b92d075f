import * as fc from 'fast-check';

/** The same cases in every run, so that a run fails only by what has changed. `PROOF_SEED=2` takes others; the nightly run takes new ones. */
export const seed = Number(process.env['PROOF_SEED'] ?? 1);

fc.configureGlobal({ seed });

export { fc };
