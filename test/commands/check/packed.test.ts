import { expect, it } from 'vitest';
import { makePacker } from '../../../src/commands/check/packed.js';
import { type OrganizationAccount, type RunReport, summaryOf, unpacked } from '../../../src/core/report.js';
import { csvParts, jsonlParts, jsonParts } from '../../../src/report/json.js';
import { checkOrganization, checkWithFailures } from '../../report/fixtures.js';

it('returns the results as they were, in every member and in its order', () => {
  const { pack, unpack } = makePacker();
  const reports = [checkWithFailures, checkOrganization];
  const packed = reports.map(({ results }) => pack(results));
  expect(packed.map((one) => JSON.stringify(unpack(one)))).toEqual(reports.map(({ results }) => JSON.stringify(results)));
});

it('are unpacked with one copy of what they have in common', () => {
  const { pack, unpack } = makePacker<RunReport['results']>();
  const { results } = unpacked({ ...checkOrganization, results: unpack(pack(checkOrganization.results)) });
  expect(JSON.stringify(results)).toBe(JSON.stringify(checkOrganization.results));
  const lists = new Set(results.map(({ references }) => JSON.stringify(references)));
  expect(lists.size).toBeLessThan(results.length);
  expect(new Set(results.map(({ references }) => references)).size).toBe(lists.size);
});

it('are printed as they were, in every format that does not need all of them at once', () => {
  const own = checkOrganization.results.slice(0, 2);
  const account = {
    id: '111122223333',
    name: 'One',
    alias: null,
    partition: 'aws',
    role: null,
    state: 'ACTIVE',
    identity: null,
    unseen: null,
  };
  const accounts: readonly OrganizationAccount[] = [{ ...account, summary: summaryOf(own) }];
  const report: RunReport = { ...checkOrganization, accounts, results: own };
  // Neither is an array.
  const lists = { accounts: new Set(accounts), results: new Set(own) };
  for (const parts of [jsonParts, jsonlParts, csvParts])
    expect([...parts({ ...report, ...lists })].join('')).toBe([...parts(report)].join(''));
  expect(unpacked({ ...report, ...lists })).toEqual(report);
  expect([...jsonParts({ ...report, results: [] })].join('')).toBe(`${JSON.stringify({ ...report, results: [] }, null, 2)}\n`);
});
