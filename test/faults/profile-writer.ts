import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '../../src/core/secret.js';
import { makeProfileWriter } from '../../src/secrets/profile.js';

/** A process of its own that writes so many profiles. Arguments: folder of the AWS files, prefix of the names, count. */
const [folder = '', prefix = '', count = '0'] = process.argv.slice(2);
const writer = makeProfileWriter({
  credentialsFile: join(folder, 'credentials'),
  configFile: join(folder, 'config'),
  region: async () => 'eu-central-1',
  replace: false,
  clock: { now: () => new Date(), sleep: (ms) => sleep(ms) },
});
for (let number = 0; number < Number(count); number += 1) {
  const profile = `${prefix}-${number}`;
  await writer.write({ profile, accessKeyId: `AKIA${profile}`, secretAccessKey: new Secret(`secret-of-${profile}`) });
}
