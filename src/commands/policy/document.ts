import { operations } from '../../aws/operations.js';
import { grouped } from '../../core/grouped.js';
import type { Scope } from '../../core/permissions.js';
import type { StepGrant } from './permissions.js';

/** An IAM policy, in the form that AWS accepts. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: NonNullable<Scope['condition']>;
}

/** Actions on the same resources, each with the steps that need it. */
export interface Allowance {
  readonly scope: Scope;
  readonly actions: readonly { readonly action: string; readonly steps: readonly string[] }[];
}

/** Merges grants: one allowance per set of resources and conditions, with sorted, unique actions. */
export const allowancesOf = (grants: readonly StepGrant[]): readonly Allowance[] => {
  const byScope = grouped(grants, ({ on: { resources, condition } }) => JSON.stringify([resources, condition ?? null]));
  return [...byScope.values()].map((group): Allowance => {
    const pairs = group.flatMap(({ step, operations: sent, also = [] }) =>
      [...sent.map((operation) => operations[operation].action), ...also].map((action) => ({ action, step })),
    );
    const actions = [...grouped(pairs, ({ action }) => action).values()]
      .map((same) => ({ action: same[0].action, steps: [...new Set(same.map(({ step }) => step))] }))
      .toSorted((a, b) => a.action.localeCompare(b.action));
    return { scope: group[0].on, actions };
  });
};

export const documentOf = (allowances: readonly Allowance[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: allowances.map(({ scope, actions }, index) => ({
    Sid: sidOf(scope, allowances.slice(0, index)),
    Effect: 'Allow',
    Action: actions.map(({ action }) => action),
    Resource: scope.resources.length === 1 ? (scope.resources[0] as string) : scope.resources,
    ...(scope.condition === undefined ? {} : { Condition: scope.condition }),
  })),
});

/** Ids must be unique within a policy: `Users`, `Users2`. */
const sidOf = ({ name }: Scope, before: readonly Allowance[]): string => {
  const earlier = before.filter(({ scope }) => scope.name === name).length;
  return earlier === 0 ? name : `${name}${earlier + 1}`;
};
