import { expect, it } from 'vitest';
import { makePacker } from '../../../src/commands/check/packed-results.js';
import { checkOrganization, checkWithFailures } from '../../report/fixtures.js';

it('returns the results as they were, in every member and in its order', () => {
  const pack = makePacker();
  const reports = [checkWithFailures, checkOrganization];
  const packed = reports.map(({ results }) => pack(results));
  expect(packed.map((one) => JSON.stringify(one.unpack()))).toEqual(reports.map(({ results }) => JSON.stringify(results)));
});
