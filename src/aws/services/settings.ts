import { loadConfig, nodeDualstackConfigSelectors, nodeFipsConfigSelectors } from '@smithy/core/config';

/** What the SDK's clients have in common. Each client would read it from the environment and the AWS config file again. */
export const commonSettings = () => ({
  useDualstackEndpoint: loadConfig(nodeDualstackConfigSelectors),
  useFipsEndpoint: loadConfig(nodeFipsConfigSelectors),
  // Retries are done in request.ts, and each service has one way to sign.
  maxAttempts: 1,
  retryMode: 'standard',
  authSchemePreference: [],
});
