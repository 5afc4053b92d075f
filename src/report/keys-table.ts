import type { KeyAction, KeyLocation, KeyRow, KeysReport } from '../core/keys.js';
import { listed, type TextStyle } from '../core/text.js';
import { nextLine } from './error-text.js';
import { columnLines, outcomeLines, unfinished } from './actions-table.js';
import { labelled, type Layout, layoutOf, pageOf, paragraph } from './layout.js';
import type { Verdict } from './verdict.js';

/** The table of `bootstrap keys`: what was done, the keys, notes, and last what to do next. Pure. */
export const renderKeysTable = (report: KeysReport, style: TextStyle): string => {
  const layout = layoutOf(style);
  const { error, actions, notes, unread } = report;
  const next = error?.next ?? report.next;
  return pageOf(
    ...outcomeLines(layout, report, verdictOf(report), actions.map(actionWords)),
    keyLines(report.keys, layout),
    [
      ...unread.flatMap(({ user, reason }) => paragraph(layout, 0, { text: `${user}: unknown; ${reason}`, paint: layout.warn })),
      ...rootLine(report).flatMap((text) => paragraph(layout, 0, { text })),
      ...notes.flatMap((text) => paragraph(layout, 0, { text })),
    ],
    next === null ? [] : nextLine(layout, next),
  );
};

const verdictOf = ({ error, command, actions, keys, unread, exit }: KeysReport): Verdict => {
  if (error !== undefined) return unfinished(command, exit.code, error);
  const count = keys.length === 1 ? '1 access key' : `${keys.length} access keys`;
  const text = command === 'keys list' ? count : actions.length === 0 ? 'no changes needed' : command;
  return unread.length > 0
    ? { symbol: 'unknown', paint: 'warn', word: 'PARTIAL', text }
    : { symbol: 'good', paint: 'good', word: 'DONE', text };
};

const actionWords = ({ action, user, accessKeyId }: KeyAction): string => {
  const key = `${accessKeyId} of ${user ?? 'root'}`;
  return {
    created: `created the key ${key}`,
    stored: `stored the key ${key}`,
    proven: `verified that AWS accepts ${key}`,
    disabled: `disabled ${key}`,
    enabled: `enabled ${key}`,
    deleted: `deleted ${key}`,
  }[action];
};

const rootLine = ({ rootKeys, command }: KeysReport): readonly string[] => {
  if (rootKeys === null || command !== 'keys list') return [];
  if (rootKeys === 0) return ['Root has no access key.'];
  return [`Root has ${rootKeys === 1 ? 'an access key' : `${rootKeys} access keys`}, with full access that cannot be restricted.`];
};

const columns = ['User', 'Access key', 'Status', 'Age', 'Last used', 'Secret'] as const;

/** Columns if they fit, else one block per key. */
const keyLines = (keys: readonly KeyRow[], layout: Layout): readonly string[] => {
  if (keys.length === 0) return [];
  return columnLines(columns, keys.map(cellsOf), layout) ?? keys.flatMap((key) => blockOf(key, layout));
};

const blockOf = (key: KeyRow, layout: Layout): readonly string[] => {
  const [user = '', id = '', ...rest] = cellsOf(key);
  return [
    ...paragraph(layout, 0, { text: `${id} of ${user}`, paint: layout.strong }),
    ...rest.flatMap((cell, at) => labelled(layout, 2, columns[at + 2] as string, cell)),
  ];
};

const cellsOf = (key: KeyRow): readonly string[] => [
  key.user ?? 'root',
  key.accessKeyId,
  key.inUse ? `${key.status}, used by this run` : key.status,
  key.ageDays === null ? 'unknown' : key.ageDays === 1 ? '1 day' : `${key.ageDays} days`,
  useWords(key),
  key.storedIn.length === 0 ? 'not found' : listed(key.storedIn.map(placeWords)),
];

const useWords = ({ lastUsed }: KeyRow): string => {
  if (lastUsed === 'unknown') return 'unknown';
  return lastUsed === null ? 'never' : `${lastUsed.at.slice(0, 10)}, ${lastUsed.service}, ${lastUsed.region}`;
};

const placeWords = (place: KeyLocation): string => {
  if (place.kind === 'profile') return `profile ${place.name}`;
  return place.kind === 'secrets-file' ? place.name : `was stored in ${place.name} (${place.at.slice(0, 10)})`;
};
