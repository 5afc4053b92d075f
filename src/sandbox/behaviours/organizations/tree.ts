import type { Behaviours, Scene } from '../../behaviour.js';
import type { OrganizationWorld } from '../../world.js';
import { constraint, fault, listed, PATTERNS, tags, text } from './faults.js';
import { arn, asManagement, lowerId, memberOf } from './membership.js';

/** The root, its organizational units, the position of each account, and tags. */

type Unit = OrganizationWorld['units'][number];

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const DEEPEST = 5;
const MOST_UNITS = 2000;

export const treeReads: Behaviours = {
  ListRoots(input, scene) {
    const organization = asManagement(scene);
    const root = {
      Id: organization.rootId,
      Arn: arn(organization, scene, 'root', organization.rootId),
      Name: 'Root',
      PolicyTypes: organization.featureSet === 'ALL' ? [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }] : [],
    };
    const { items, next } = listed([root], input, scene);
    return { Roots: items, ...next };
  },

  ListParents(input, scene) {
    const organization = asManagement(scene);
    const child = text(input.ChildId, 'ChildId', { max: 100, pattern: PATTERNS.child });
    const parent =
      organization.members.find(({ accountId }) => accountId === child)?.parent ??
      organization.units.find(({ id }) => id === child)?.parent;
    if (parent === undefined) throw fault('ChildNotFoundException', "You specified a child that doesn't exist.");
    const { items, next } = listed([{ Id: parent, Type: parent === organization.rootId ? 'ROOT' : 'ORGANIZATIONAL_UNIT' }], input, scene);
    return { Parents: items, ...next };
  },

  ListOrganizationalUnitsForParent(input, scene) {
    const organization = asManagement(scene);
    const parent = parentOf(organization, input.ParentId);
    const units = organization.units.filter((each) => each.parent === parent);
    const { items, next } = listed(units, input, scene);
    return { OrganizationalUnits: items.map((each) => shown(each, organization, scene)), ...next };
  },
};

export const treeWrites: Behaviours = {
  CreateOrganizationalUnit(input, scene) {
    const organization = asManagement(scene);
    const parent = parentOf(organization, input.ParentId);
    const name = text(input.Name, 'Name', { max: 128 });
    const unitTags = tags(input.Tags);
    if (organization.units.some((each) => each.parent === parent && each.name === name)) {
      throw fault('DuplicateOrganizationalUnitException', 'An OU with the same name already exists.');
    }
    if (pathTo(organization, parent).length > DEEPEST)
      throw constraint('OU_DEPTH_LIMIT_EXCEEDED', `OUs can be nested at most ${DEEPEST} levels deep.`);
    if (organization.units.length >= MOST_UNITS)
      throw constraint('OU_NUMBER_LIMIT_EXCEEDED', `An organization can have at most ${MOST_UNITS} OUs.`);
    const unit: Unit = { id: `ou-${organization.rootId.slice(2)}-${lowerId(scene, 8)}`, name, parent, tags: unitTags };
    organization.units.push(unit);
    return { OrganizationalUnit: shown(unit, organization, scene) };
  },

  MoveAccount(input, scene) {
    const organization = asManagement(scene);
    const member = memberOf(organization, text(input.AccountId, 'AccountId', { pattern: PATTERNS.account }));
    const from = parentOf(organization, input.SourceParentId, 'SourceParentNotFoundException');
    const to = parentOf(organization, input.DestinationParentId, 'DestinationParentNotFoundException');
    if (member.parent === to) throw fault('DuplicateAccountException', 'That account is already present in the specified destination.');
    if (member.parent !== from) throw fault('SourceParentNotFoundException', 'The account is not in the specified source.');
    member.parent = to;
    return {};
  },
};

/** `o-…/r-…/…/`, down to `id`. */
export function pathOf(organization: OrganizationWorld, parent: string, ...leaf: readonly string[]): string {
  return `${[organization.id, ...pathTo(organization, parent), ...leaf].join('/')}/`;
}

/** From the root down to the parent, including both. */
function pathTo(organization: OrganizationWorld, parent: string): string[] {
  const unit = organization.units.find(({ id }) => id === parent);
  return unit === undefined ? [organization.rootId] : [...pathTo(organization, unit.parent), unit.id];
}

function parentOf(organization: OrganizationWorld, value: unknown, code = 'ParentNotFoundException'): string {
  const id = text(value, 'ParentId', { max: 100, pattern: PATTERNS.parent });
  if (id !== organization.rootId && !organization.units.some((each) => each.id === id))
    throw fault(code, "You specified a parent that doesn't exist.");
  return id;
}

function shown(unit: Unit, organization: OrganizationWorld, scene: Scene): Record<string, unknown> {
  return {
    Id: unit.id,
    Arn: arn(organization, scene, 'ou', unit.id),
    Name: unit.name,
    Path: pathOf(organization, unit.parent, unit.id),
  };
}
