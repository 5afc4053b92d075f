// Practice accounts of a size.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, main, run } from './runs.js';

/** A practice account in which `init` is done, with so many users: its file. All but the administrator are no administrators; each has a password, an MFA device and a key. */
export const bootstrapped = async (users) => {
  const file = join(folder, `world-${users}.json`);
  const { code, stderr } = await run([main, 'init', '--sandbox-file', file, '--yes', '--no-input', '--quiet']);
  if (code !== 0 && code !== 5) throw new Error(`init ended with ${code}:\n${stderr}`);
  const world = JSON.parse(readFileSync(file, 'utf8'));
  const account = Object.values(world.accounts)[0];
  const [first] = account.users;
  const [device] = account.mfaDevices;
  account.users.splice(users);
  for (let n = account.users.length; n < users; n += 1) {
    const key = {
      id: `AKIAEXAMPLE${String(n).padStart(9, '0')}`,
      secret: 'x'.repeat(40),
      status: 'Active',
      createdAt: first.createdAt,
      lastUsed: null,
    };
    const name = `user-${n}`;
    account.users.push({ ...first, id: `AIDAEXAMPLE${String(n).padStart(9, '0')}`, name, groups: [], accessKeys: [key] });
    account.mfaDevices.push({ ...device, serial: device.serial.replace(/[^/]+$/, name), user: name });
  }
  writeFileSync(file, JSON.stringify(world), { mode: 0o600 });
  return file;
};
