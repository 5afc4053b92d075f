// Replaces prompts of inquirer in the bundle that the tool does not use. The editor alone brings half a megabyte of character tables.
export default () => Promise.reject(new Error('This prompt is not part of the bundle.'));
export { Separator } from '@inquirer/core';
export class HeaderFormatter {}
export const resolveParamsForS3 = undefined;
export const Sha256Js = undefined;
