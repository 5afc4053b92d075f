// The tests on other versions of Node: `npm run test:nodes`, or `npm run test:nodes -- test/engine` for some of them.
// The npm package `node` carries the program itself, so nothing has to be installed on the machine.
import { spawnSync } from 'node:child_process';

const versions = ['22', '24'];
const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)];
const failed = versions.filter((version) => {
  const node = ['--yes', `--package=node@${version}`, '--', 'node'];
  spawnSync('npm', ['exec', ...node, '-p', '`Node ${process.version}`'], { stdio: 'inherit' });
  return spawnSync('npm', ['exec', ...node, ...vitest], { stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) console.error(`Failed on Node ${failed.join(' and ')}.`);
process.exitCode = failed.length > 0 ? 1 : 0;
