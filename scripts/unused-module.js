// Replaces what the tool does not use of the SDK and of other libraries.
/** Of `default-browser`. */
export default () => Promise.reject(new Error('This is not part of the bundle.'));
export const HeaderFormatter = Object;
export const resolveParamsForS3 = undefined;
export const Sha256Js = undefined;
export const _windowsBrowserProgIdMap = undefined;
export const scrypt = undefined;
export const InvokeStore = { getInstanceAsync: async () => undefined };
export const binary = undefined;
export const floatTime = undefined;
export const intTime = undefined;
export const omap = undefined;
export const pairs = undefined;
export const schema = undefined;
export const set = undefined;
export const timestamp = undefined;
