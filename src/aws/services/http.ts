export { Agent } from 'node:https';
export { NodeHttpHandler } from '@smithy/node-http-handler';
