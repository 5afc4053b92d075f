// Replaces what the tool does not use of inquirer and of the SDK. The editor of inquirer alone brings half a megabyte of character tables.
export default () => Promise.reject(new Error('This prompt is not part of the bundle.'));
export { Separator } from '@inquirer/core';
export const HeaderFormatter = Object;
export const resolveParamsForS3 = undefined;
export const Sha256Js = undefined;
