import { freeAccountId } from '../../new-world.js';
import type { Scene } from '../../behaviour.js';

/** The random part of an id of Organizations. */
export const lowerId = (scene: Scene, length: number): string => scene.random(length, 'abcdefghijklmnopqrstuvwxyz0123456789');

export const roleId = (scene: Scene): string => `AROA${scene.random(17, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`;

export function newAccountId(scene: Scene): string {
  return freeAccountId(scene.world, scene.random);
}
