import { fc } from '../support/fast-check.js';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/core/errors.js';
import type { RunReport } from '../../src/core/report.js';
import type { SandboxRequestHandler } from '../../src/sandbox/request-handler.js';
import type { World } from '../../src/sandbox/world.js';
import { signedIn } from '../scenarios/practice-account.js';
import { countTests, recordTotal } from '../support/totals.js';
import { bootstrappedWorld, config } from '../scenarios/starting-states.js';

let bootstrapped: World;
beforeAll(async () => {
  bootstrapped = await bootstrappedWorld();
});

type Handled = Awaited<ReturnType<SandboxRequestHandler['handle']>>;
/** A server with wrong responses. Only the identity is correct, so that the other requests are sent. */
const withBodies = (change: (body: string) => string, also: { readonly sts?: boolean } = {}) =>
  signedIn({
    world: bootstrapped,
    around: (handler) =>
      new Proxy(handler, {
        get: (target, name, receiver): unknown =>
          name === 'handle'
            ? async (...given: Parameters<SandboxRequestHandler['handle']>): Promise<Handled> => {
                const handled = await target.handle(...given);
                const request = given[0];
                if (!also.sts && request.hostname.startsWith('sts')) return handled;
                const text = Buffer.from(handled.response.body).toString('utf8');
                const body = Buffer.from(change(text));
                const headers = { ...handled.response.headers, 'content-length': String(body.length) };
                return { response: { ...handled.response, headers, body } };
              }
            : (Reflect.get(target, name, receiver) as unknown),
      }),
  });

/** A run that says what it could not see: in its own words, with an exit code that is documented. */
const judged = async (shell: Awaited<ReturnType<typeof withBodies>>, argv: readonly string[] = ['check', '--fail-on', 'low']) => {
  writeFileSync(join(shell.home, 'bootstrap.yaml'), config());
  const ran = await shell.run([...argv, '--output', 'json']);
  const report = JSON.parse(ran.stdout) as RunReport;
  expect(report.error?.code).not.toBe('E-UNEXPECTED');
  if (report.error !== undefined) expect(Object.keys(errorCodes)).toContain(report.error.code);
  expect(ran.code).not.toBe(1);
  expect(ran.stdout + ran.stderr).not.toMatch(/\n\s+at .+:\d+:\d+\)?/);
  expect(ran.requests.length).toBeLessThan(500);
  expect(ran.writes).toEqual([]);
  return { ...ran, report };
};

const garbage: readonly (readonly [name: string, body: (text: string) => string])[] = [
  ['empty', () => ''],
  ['a page of HTML', () => '<html><body>It works!</body></html>'],
  ['half of it', (text) => text.slice(0, text.length / 2)],
  ['all but its end', (text) => text.slice(0, -2)],
  ['null', () => 'null'],
  ['a list', () => '[1,2]'],
  ['an object of nothing', () => '{}'],
  ['a word', () => 'OK'],
  ['bytes of nothing', () => '\0'.repeat(1000)],
  ['nested without end', () => `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
  ['an element without end', () => '<a>'.repeat(5_000)],
  ['four megabytes', () => 'x'.repeat(4_000_000)],
  ['another document in front', (text) => `<?xml version="1.0"?><x/>${text}`],
];

describe('answers that are not those of AWS', () => {
  countTests({ suite: 'P5', title: 'answers that are garbage', floor: 26, sampled: null, all: 'npm test' });

  it.each(garbage)('pass for nothing: %s', async (_, change) => {
    const { code, report } = await judged(await withBodies(change));
    expect([3, 4, 6]).toContain(code);
    expect(report.results.length).toBeGreaterThan(10);
    const seen = report.results.filter(
      ({ status, evidence }) => status === 'pass' && evidence.length > 0 && !/person/.test(evidence[0]?.operation ?? ''),
    );
    expect(seen.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([]);
  });

  it.each(garbage)('end a run that does not even learn who it is: %s', async (_, change) => {
    const { code, report } = await judged(await withBodies(change, { sts: true }));
    expect([4, 6]).toContain(code);
    expect(report.account).toBeNull();
  });
});

describe('answers with something wrong in them', () => {
  /** As AWS's, but for one value that is another, or one member that is gone. */
  const changes = fc.record({
    at: fc.nat(10_000),
    kind: fc.constantFrom('drop', 'empty', 'other', 'repeat'),
    value: fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(-1, 1e300, '1e400', 'NaN', '2026-99-99', '__proto__'),
    ),
  });
  type Change = typeof changes extends fc.Arbitrary<infer One> ? One : never;

  const inJson = (text: string, { at, kind, value }: Change): string => {
    const document = JSON.parse(text) as unknown;
    const places: [Record<string, unknown>, string][] = [];
    const walk = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, inner] of Object.entries(node)) {
        places.push([node as Record<string, unknown>, key]);
        walk(inner);
      }
    };
    walk(document);
    const place = places[at % Math.max(1, places.length)];
    if (place === undefined) return text;
    const [parent, key] = place;
    if (kind === 'drop') delete parent[key];
    else if (kind === 'repeat' && Array.isArray(parent[key])) parent[key] = [...(parent[key] as unknown[]), ...(parent[key] as unknown[])];
    else parent[key] = kind === 'empty' ? null : value;
    return JSON.stringify(document);
  };
  const inXml = (text: string, { at, kind, value }: Change): string => {
    const elements = [...text.matchAll(/<(\w+)>([^<]*)<\/\1>/g)];
    const element = elements[at % Math.max(1, elements.length)];
    if (element === undefined) return text;
    const [whole, name = ''] = element;
    const other = {
      drop: '',
      empty: `<${name}></${name}>`,
      repeat: whole + whole,
      other: `<${name}>${String(value).replace(/[<&]/g, '')}</${name}>`,
    }[kind];
    return text.slice(0, element.index) + other + text.slice(element.index + whole.length);
  };

  it('are never reported as a bug in this tool, and never change anything', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(changes, { minLength: 1, maxLength: 4 }), fc.nat(6), async (several, phase) => {
        let nth = 0;
        const shell = await withBodies((text) => {
          nth += 1;
          // Not in each answer: most of a run goes on as it would.
          const change = several[nth % several.length];
          if (change === undefined || (nth + phase) % 5 !== 0 || text === '') return text;
          return text.startsWith('<') ? inXml(text, change) : inJson(text, change);
        });
        await judged(shell);
        runs += 1;
      }),
      { numRuns: 60 },
    );
    recordTotal({
      suite: 'P5',
      title: 'runs with wrong values in answers',
      ran: runs,
      floor: 60,
      sampled: 'random values',
      all: null,
    });
  });
});

describe('a damaged config', () => {
  const lines = config().split('\n');
  const damage = fc.record({
    at: fc.nat(lines.length - 1),
    kind: fc.constantFrom('drop', 'double', 'indent', 'outdent', 'cut', 'other'),
    text: fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom('- ', '{', '*x', '&x', '? ', '!!js ', '\t', '~', '"', '<<: *x'),
    ),
  });

  it('is used as it is, or refused with its place before AWS is called', async () => {
    let [refused, used] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (several) => {
        const text = several
          .reduce<readonly string[]>(
            (all, { at, kind, text: other }) =>
              all.flatMap((line, index) => {
                if (index !== at) return [line];
                if (kind === 'drop') return [];
                if (kind === 'double') return [line, line];
                if (kind === 'indent') return [`   ${line}`];
                if (kind === 'outdent') return [line.trimStart()];
                return kind === 'cut' ? [line.slice(0, line.length / 2)] : [`${line.slice(0, 3)}${other}${line.slice(3)}`];
              }),
            lines,
          )
          .join('\n');
        const shell = await signedIn({ world: bootstrapped });
        writeFileSync(join(shell.home, 'bootstrap.yaml'), text);
        const ran = await shell.run(['check', '--only', 'alias', '--output', 'json']);
        const { error } = JSON.parse(ran.stdout) as RunReport;
        if (ran.code === 2) {
          refused += 1;
          expect(ran.requests).toEqual([]);
          expect(error?.message).toMatch(error?.code === 'E-CONFIG' ? /bootstrap\.yaml:\d+:\d+ / : /./);
        } else {
          used += 1;
          expect([0, 3, 4, 6]).toContain(ran.code);
        }
      }),
      { numRuns: 100 },
    );
    expect(refused).toBeGreaterThan(20);
    recordTotal({
      suite: 'P5',
      title: 'damaged configs, through the program',
      ran: refused + used,
      floor: 100,
      sampled: 'random damage',
      all: null,
      detail: `${refused} refused with 0 requests to AWS`,
    });
  });
});
