import { expect, it } from 'vitest';
import { stateFolder } from '../../src/run/host.js';

it.each([
  ['/var/state', '/var/state/aws-account-bootstrap'],
  ['', '/home/alex/.local/state/aws-account-bootstrap'],
  [undefined, '/home/alex/.local/state/aws-account-bootstrap'],
  ['.', '/home/alex/.local/state/aws-account-bootstrap'],
  ['state', '/home/alex/.local/state/aws-account-bootstrap'],
])('the state folder with XDG_STATE_HOME %j is not in the working folder', (XDG_STATE_HOME, expected) => {
  expect(stateFolder({ env: { XDG_STATE_HOME }, home: '/home/alex', platform: 'linux' })).toBe(expected);
});
