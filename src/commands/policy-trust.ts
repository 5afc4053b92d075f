import type { App } from '../app.js';
import { usage } from '../config/usage.js';
import { documentOf as policyOf } from '../policy/document.js';
import { hasIds, isRepository, type Trust, trustPlan } from '../policy/trust.js';
import { renderTrust } from '../report/policy.js';
import { deliver, documentOf, json, offline } from './offline.js';
import { allowed, type PolicyFlags } from './policy.js';

export interface TrustFlags extends PolicyFlags {
  readonly github: string;
  readonly ref?: string;
  readonly environment?: string;
  readonly role: string;
}

/** `bootstrap policy trust`: what has to be made so that a workflow of GitHub runs `check` without a key. */
export const runTrust = (flags: TrustFlags, app: App): Promise<number> =>
  offline(app, 'policy trust', async () => {
    const { github, role } = flags;
    if (!isRepository(github))
      throw usage(
        `--github: ${JSON.stringify(github)} is not a repository.`,
        'Write OWNER/REPO, or OWNER@ID/REPO@ID with both ids where its subjects carry them.',
      );
    const subject = subjectFrom(flags);
    const { facts, allowances } = await allowed('check', flags, app);
    const { partition, accountId } = facts;
    if (accountId === undefined)
      throw usage('The trust names the account, and no account is named.', 'Name it with --account-id, or with account.id in the config.');
    const plan = trustPlan({ partition, accountId, role, repository: github, subject, permissions: policyOf(allowances) });
    const { globals, terminal } = app;
    const look = globals.outputFile === undefined ? terminal.look : { ...terminal.look, color: false };
    const text =
      globals.output === 'json' ? json({ ...documentOf('policy trust', 0), ...plan }) : renderTrust(plan, github, hasIds(github), look);
    await deliver(app, text);
    return 0;
  });

const subjectFrom = ({ ref, environment }: TrustFlags): Trust['subject'] => {
  if (ref !== undefined && environment !== undefined)
    throw usage(
      '--ref and --environment are two subjects; a role is for one.',
      'Leave one out; a job that names an environment has that, whatever its ref.',
    );
  if (ref !== undefined) {
    if (!/^refs\/(heads|tags)\/[\w./+@-]+$/.test(ref))
      throw usage(`--ref: ${JSON.stringify(ref)} is not one ref.`, 'Write it in full and without wildcards, such as refs/heads/main.');
    return { ref };
  }
  if (environment === undefined)
    throw usage('Any branch of the repository would be let in.', 'Name the one that may: --ref refs/heads/main, or --environment NAME.');
  if (!/^[\w .-]{1,255}$/.test(environment))
    throw usage(`--environment: ${JSON.stringify(environment)} is not the name of one environment.`, 'Give a name without wildcards.');
  return { environment };
};
