import { usage } from '../../core/errors.js';
import { renderTrust } from '../../report/policy.js';
import type { App } from '../../run/app.js';
import { documentHead, offline } from '../../run/offline.js';
import { jsonText, printText } from '../../run/output.js';
import { type PolicyDocument, documentOf as policyOf } from './document.js';
import { allowed, type PolicyFlags } from './run.js';

export interface TrustFlags extends PolicyFlags {
  readonly github: string;
  readonly ref?: string;
  readonly environment?: string;
  readonly role: string;
}

/** `bootstrap policy trust`: what to create so that a GitHub workflow can run `check` without an access key. */
export const runTrust = (flags: TrustFlags, app: App): Promise<number> =>
  offline(app, 'policy trust', async () => {
    const { github, role } = flags;
    if (!isRepository(github))
      throw usage(
        `--github: ${JSON.stringify(github)} is not a repository.`,
        'Write OWNER/REPO, or OWNER@ID/REPO@ID if the subjects of the repository contain both ids.',
      );
    const subject = subjectFrom(flags);
    const { facts, allowances } = await allowed('check', flags, app);
    const { partition, accountId } = facts;
    if (accountId === undefined)
      throw usage('Missing the account for the trust policy.', 'Pass --account-id, or set account.id in the config.');
    const plan = trustPlan({ partition, accountId, role, repository: github, subject, permissions: policyOf(allowances) });
    const { globals, terminal } = app;
    const style = globals.outputFile === undefined ? terminal.style : { ...terminal.style, color: false };
    const text =
      globals.output === 'json'
        ? jsonText({ ...documentHead('policy trust', 0), ...plan })
        : renderTrust(plan, github, hasIds(github), style);
    await printText(app, text);
    return 0;
  });

const subjectFrom = ({ ref, environment }: TrustFlags): Trust['subject'] => {
  if (ref !== undefined && environment !== undefined)
    throw usage(
      '--ref and --environment cannot be used together.',
      'Leave one out. The subject of a job with an environment is that environment, whatever its ref.',
    );
  if (ref !== undefined) {
    if (!/^refs\/(heads|tags)\/[\w./+@-]+$/.test(ref))
      throw usage(`--ref: ${JSON.stringify(ref)} is not one ref.`, 'Write the full ref without wildcards, such as refs/heads/main.');
    return { ref };
  }
  if (environment === undefined)
    throw usage(
      'Missing the ref or environment: otherwise every branch could assume the role.',
      'Pass --ref refs/heads/main or --environment NAME.',
    );
  if (!/^[\w .-]{1,255}$/.test(environment))
    throw usage(`--environment: ${JSON.stringify(environment)} is not the name of an environment.`, 'Write the name without wildcards.');
  return { environment };
};

/** The inputs for a role that a GitHub workflow can assume without an access key. */
export interface Trust {
  readonly partition: string;
  readonly accountId: string;
  readonly role: string;
  /** `OWNER/REPO`, or with ids `OWNER@1/REPO@2`. */
  readonly repository: string;
  readonly subject: { readonly ref: string } | { readonly environment: string };
  /** The permissions of the role. */
  readonly permissions: PolicyDocument;
}

const host = 'token.actions.githubusercontent.com';
/** The audience that aws-actions/configure-aws-credentials requests from GitHub. */
const audience = 'sts.amazonaws.com';

/** Whether the text is a repository, with or without ids. */
const isRepository = (text: string): boolean => /^[\w-]{1,39}(@\d+)?\/[\w.-]{1,100}(@\d+)?$/.test(text) && text.split('@').length !== 2;

/** GitHub's subjects contain ids for repositories created or renamed since 2026-07-15. https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/ */
const hasIds = (repository: string): boolean => repository.includes('@');

/** The subject of a job with an environment is that environment, whatever its branch. https://docs.github.com/en/actions/reference/security/oidc */
const subjectOf = ({ repository, subject }: Pick<Trust, 'repository' | 'subject'>): string =>
  `repo:${repository}:${'ref' in subject ? `ref:${subject.ref}` : `environment:${subject.environment}`}`;

const providerArn = ({ partition, accountId }: Trust): string => `arn:${partition}:iam::${accountId}:oidc-provider/${host}`;

/** The whole subject must match: a wildcard could also match another branch or repository. */
const trustDocument = (trust: Trust): object => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: providerArn(trust) },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${host}:aud`]: audience, [`${host}:sub`]: subjectOf(trust) } },
    },
  ],
});

/** The commands that create provider, role and permissions. They read the JSON from files, so that no shell has to quote it. */
const trustCommands = (trust: Trust): readonly string[] => [
  `aws iam create-open-id-connect-provider --url https://${host} --client-id-list ${audience}`,
  `aws iam create-role --role-name ${trust.role} --assume-role-policy-document file://trust.json`,
  `aws iam put-role-policy --role-name ${trust.role} --policy-name ${trust.role} --policy-document file://permissions.json`,
];

const trustPlan = (trust: Trust) => ({
  roleArn: `arn:${trust.partition}:iam::${trust.accountId}:role/${trust.role}`,
  provider: { arn: providerArn(trust), url: `https://${host}`, audience },
  subject: subjectOf(trust),
  trustPolicy: trustDocument(trust),
  permissionPolicy: trust.permissions,
  commands: trustCommands(trust),
});
export type TrustPlan = ReturnType<typeof trustPlan>;
