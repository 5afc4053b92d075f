import { describe, expect, it } from 'vitest';
import { callerOf } from '../../src/aws/identity.js';

const account = '111122223333';

describe('the caller, from the ARN of GetCallerIdentity', () => {
  it.each([
    [`arn:aws:iam::${account}:root`, 'aws', 'root', 'root'],
    [`arn:aws:iam::${account}:user/alex`, 'aws', 'user', 'alex'],
    [`arn:aws:iam::${account}:user/people/of/berlin/alex`, 'aws', 'user', 'alex'],
    [`arn:aws:iam::${account}:user/root`, 'aws', 'user', 'root'],
    [`arn:aws:sts::${account}:assumed-role/Admin/session-1`, 'aws', 'role', 'Admin'],
    [`arn:aws:sts::${account}:assumed-role/AWSReservedSSO_Admin_0123/alex@example.com`, 'aws', 'role', 'AWSReservedSSO_Admin_0123'],
    [`arn:aws:sts::${account}:assumed-role/root/root`, 'aws', 'role', 'root'],
    [`arn:aws:sts::${account}:federated-user/alex`, 'aws', 'federated', 'alex'],
    [`arn:aws:sts::${account}:federated-user/alex/with/slashes`, 'aws', 'federated', 'alex/with/slashes'],
    [`arn:aws:signin::${account}:user/alex`, 'aws', 'user', 'alex'],
    [`arn:aws:sts::${account}:something-new:user/alex`, 'aws', 'user', 'alex'],
    [`arn:aws-cn:iam::${account}:root`, 'aws-cn', 'root', 'root'],
    [`arn:aws-us-gov:iam::${account}:user/alex`, 'aws-us-gov', 'user', 'alex'],
    [`arn:aws-eusc:iam::${account}:user/alex`, 'aws-eusc', 'user', 'alex'],
    [`arn:aws-iso-b:iam::${account}:user/alex`, 'aws-iso-b', 'user', 'alex'],
  ])('%s is in %s: %s %s', (arn, partition, kind, name) => {
    expect(callerOf(arn, account)).toEqual({ accountId: account, partition, identity: { kind, arn, name } });
  });

  it('recognises only root as root', () => {
    for (const resource of ['user/a:root', 'assumed-role/r/root', 'federated-user/root', 'root/user/alex', 'Root']) {
      expect(callerOf(`arn:aws:iam::${account}:${resource}`, account).identity.kind).not.toBe('root');
    }
  });
});
