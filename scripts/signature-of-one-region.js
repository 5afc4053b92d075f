export { SignatureV4 as SignatureV4MultiRegion } from '@smithy/signature-v4';
