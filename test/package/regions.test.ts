import { join } from 'node:path';
import { expect, it } from 'vitest';

interface Partition {
  readonly id: string;
  readonly regionRegex: string;
  readonly regions: Readonly<Record<string, { readonly description: string }>>;
}
const file = '@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js';
const { partitionsInfo } = (await import(join(import.meta.dirname, '../../node_modules', file))) as {
  readonly partitionsInfo: { readonly partitions: readonly Partition[] };
};
const { partitions } = partitionsInfo;
const regions = partitions.flatMap(({ id, regions: of }) => Object.keys(of).map((region) => ({ region, id })));

it('the bundle can leave out the regions of the SDK: the expression of their partition, and no earlier one, fits them', () => {
  const numbered = regions.filter(({ region }) => /-\d$/.test(region));
  expect(numbered.length).toBeGreaterThan(40);
  const found = numbered.map(({ region }) => ({
    region,
    id: partitions.find(({ regionRegex }) => new RegExp(regionRegex).test(region))?.id,
  }));
  expect(found).toEqual(numbered);
});

it('the SDK knows nothing else about a region than a name for people', () => {
  const fields = partitions.flatMap(({ regions: of }) => Object.values(of).flatMap((region) => Object.keys(region)));
  expect(new Set(fields)).toEqual(new Set(['description']));
});
