import { stsRegion } from '../core/account.js';
import { plainJson, type TextStyle } from '../core/text.js';
import { command as commandLine, fill, hang, padTo, pageOf, paragraph, type Layout, layoutOf, widthOf } from './layout.js';
import { counted } from './words.js';

interface PolicyPage {
  readonly command: 'check' | 'init';
  readonly facts: { readonly partition: string; readonly accountId: string | undefined };
  readonly allowances: readonly {
    readonly scope: { readonly resources: readonly string[]; readonly condition?: object };
    readonly actions: readonly { readonly action: string; readonly steps: readonly string[] }[];
  }[];
  /** Characters of the policy as AWS counts them: without white space. */
  readonly size: number;
  /** The command that writes the policy to policy.json. */
  readonly again: string;
}

/** The maximum number of characters in a managed policy. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const most = 6_144;

/** A policy as a table: the allowed actions, on which resources, and which steps need them. */
export const renderPolicy = ({ command, facts, allowances, size, again }: PolicyPage, style: TextStyle): string => {
  const layout = layoutOf(style);
  const all = allowances.flatMap(({ actions }) => actions);
  const column = Math.max(0, ...all.map(({ action }) => widthOf(action))) + 4;
  const place = `partition ${facts.partition}, ${facts.accountId === undefined ? 'any account' : `account ${facts.accountId}`}`;
  const actions = counted(new Set(all.map(({ action }) => action)).size, 'action');
  return pageOf(
    [
      ...fill([{ text: `Permissions for \`bootstrap ${command}\`: ${actions}`, paint: layout.strong }], layout.width),
      ...paragraph(layout, 0, { text: `${place}; ${size} of ${most} characters`, paint: layout.dim }),
    ],
    ...allowances.map(({ scope, actions: allowedHere }) => [
      ...scope.resources.flatMap((resource, index) =>
        hang(layout, index === 0 ? 'on ' : '   ', 3, [
          {
            text: resource === '*' ? 'all resources (these actions do not support resource-level permissions)' : resource,
            paint: layout.strong,
          },
        ]),
      ),
      ...(scope.condition === undefined ? [] : hang(layout, 'if ', 3, [{ text: plainJson(JSON.stringify(scope.condition)) }])),
      ...allowedHere.flatMap(({ action, steps }) => actionLines(layout, action, steps.join(', '), column)),
    ]),
    [
      ...fill([{ text: 'To create it as an IAM policy:' }], layout.width),
      ...commandLine(layout, 2, 'run', again),
      ...commandLine(layout, 2, 'run', `aws iam create-policy --policy-name bootstrap-${command} --policy-document file://policy.json`),
    ],
  );
};

const actionLines = (layout: Layout, action: string, steps: string, column: number): readonly string[] =>
  layout.width - column >= 24
    ? hang(layout, padTo(`  ${action}`, column), column, [{ text: steps, paint: layout.dim }])
    : [`  ${action}`, ...hang(layout, '    ', 4, [{ text: steps, paint: layout.dim }])];

interface TrustPage {
  readonly roleArn: string;
  readonly subject: string;
  readonly trustPolicy: object;
  readonly permissionPolicy: object;
  readonly commands: readonly string[];
}

/** The trust setup: a summary, commands for a shell, and the part for the workflow file. */
export const renderTrust = (trust: TrustPage, repository: string, ids: boolean, style: TextStyle): string => {
  const layout = layoutOf(style);
  const [provider = '', ...rest] = trust.commands;
  const title = (text: string): readonly string[] => fill([{ text, paint: layout.strong }], layout.width);
  const file = (name: string, document: object): readonly string[] => [
    `cat > ${name} <<'JSON'`,
    ...plainJson(JSON.stringify(document, null, 2)).split('\n'),
    'JSON',
  ];
  const note = ids
    ? []
    : [
        ...paragraph(layout, 0, {
          text: 'Repositories created or renamed since 2026-07-15 have ids in their subject, and this subject would not match. If that applies to yours, get the ids and run this command again with them:',
        }),
        ...commandLine(layout, 2, 'run', `gh api repos/${repository} --jq '"\\(.owner.login)@\\(.owner.id)/\\(.name)@\\(.id)"'`),
      ];
  return pageOf(
    [
      ...title('Role for a pipeline, without access keys'),
      ...hang(layout, 'Trusts   ', 9, [{ text: trust.subject }]),
      ...hang(layout, 'Role     ', 9, [{ text: trust.roleArn }]),
    ],
    note,
    title(
      'Run these commands once, as an administrator of the account. If the first one fails because the GitHub provider already exists, continue.',
    ),
    [provider],
    file('trust.json', trust.trustPolicy),
    file('permissions.json', trust.permissionPolicy),
    rest,
    title('Add this to the workflow:'),
    [
      'permissions:',
      '  id-token: write',
      '  contents: read',
      'steps:',
      '  - uses: aws-actions/configure-aws-credentials@ec61189d14ec14c8efccab744f656cffd0e33f37 # v6.1.0',
      '    with:',
      `      role-to-assume: ${trust.roleArn}`,
      // Where the action asks STS for the role; nothing that this tool does depends on it.
      `      aws-region: ${stsRegion(trust.roleArn.split(':')[1] ?? '')}`,
    ],
  );
};
