// Replaces the prompts of inquirer that the tool does not use. The editor alone brings half a megabyte of character tables.
export default () => Promise.reject(new Error('This prompt is not part of the bundle.'));
export { Separator } from '@inquirer/core';
