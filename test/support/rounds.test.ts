import { describe, expect, it } from 'vitest';
import { countRounds } from './request-handler.js';
import { createRounds } from './rounds.js';

const request = (target: string): object => ({ method: 'POST', path: '/', headers: { 'x-amz-target': `Prefix.${target}` }, body: '{}' });

/** Answers after the event loop has turned a few times, each request after another number of turns. */
const slowHandler = {
  sent: 0,
  async handle(_request: object): Promise<string> {
    this.sent += 1;
    for (let turn = 0; turn < this.sent * 3; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
    return 'answer';
  },
  httpHandlerConfigs: () => ({}),
};

describe('rounds', () => {
  it('puts calls that wait for nothing in one round', async () => {
    const rounds = createRounds();
    const handler = countRounds(slowHandler, rounds);
    await Promise.all([handler.handle(request('A')), handler.handle(request('B')), handler.handle(request('C'))]);
    expect(rounds.log).toEqual([['?:A', '?:B', '?:C']]);
  });

  it('counts the longest of several chains, not the number of calls', async () => {
    const rounds = createRounds();
    const handler = countRounds(slowHandler, rounds);
    const chain = async (...operations: string[]): Promise<void> => {
      for (const operation of operations) await handler.handle(request(operation));
    };
    await Promise.all([chain('A1', 'A2', 'A3'), chain('B1'), chain('C1', 'C2')]);
    expect(rounds.log).toEqual([['?:A1', '?:B1', '?:C1'], ['?:A2', '?:C2'], ['?:A3']]);
  });

  it('keeps calls in one round when the program reads files or waits a moment between sending them', async () => {
    const rounds = createRounds();
    const handler = countRounds(slowHandler, rounds);
    const { readFile } = await import('node:fs/promises');
    const afterReading = async (operation: string): Promise<void> => {
      await readFile(new URL(import.meta.url));
      await handler.handle(request(operation));
    };
    await Promise.all([handler.handle(request('A')), afterReading('B'), afterReading('C')]);
    expect(rounds.log).toHaveLength(1);
  });

  it('continues after a call that failed', async () => {
    const rounds = createRounds();
    const handler = countRounds({ handle: async (_request: object) => Promise.reject(new Error('connection reset')) }, rounds);
    await expect(handler.handle(request('A'))).rejects.toThrow('connection reset');
    await expect(handler.handle(request('B'))).rejects.toThrow('connection reset');
    expect(rounds.log).toEqual([['?:A'], ['?:B']]);
  });

  it('leaves everything else of a handler as it is', () => {
    const handler = countRounds(slowHandler, createRounds());
    expect(handler.httpHandlerConfigs()).toEqual({});
  });
});
