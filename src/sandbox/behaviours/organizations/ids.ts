import type { Scene } from '../../behaviour.js';

/** The random part of an id of Organizations. */
export const lowerId = (scene: Scene, length: number): string => scene.random(length, 'abcdefghijklmnopqrstuvwxyz0123456789');

export const roleId = (scene: Scene): string => `AROA${scene.random(17, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`;

export function newAccountId(scene: Scene): string {
  for (;;) {
    const id = `${scene.random(1, '123456789')}${scene.random(11, '0123456789')}`;
    if (scene.world.accounts[id] === undefined) return id;
  }
}
