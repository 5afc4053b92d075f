/** How text can be formatted for its destination. Derived once from streams and environment by `src/ui/terminal.ts`. */
export interface TextStyle {
  /** Columns, from 40 to 120. Renderers never exceed it. */
  readonly width: number;
  readonly color: boolean;
  /** Whether symbols such as ✓ can be shown; otherwise ASCII replaces them. */
  readonly unicode: boolean;
  /** For screen readers: no symbols beside the words, no columns. */
  readonly accessible?: boolean;
  /** Links can be clicked (OSC 8): a terminal without a request for plain text. */
  readonly links?: boolean;
}

/**
 * Control characters (C0, DEL, C1), format characters (bidi controls, zero-width, tags), line and paragraph separators,
 * lone surrogates, and other characters without a visible shape (variation selectors, Hangul fillers).
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Commands to the log reader of a build: a GitHub runner executes `::command::` at the trimmed start of a line and `##[command]` anywhere
 * in it, Azure Pipelines `##vso[`, TeamCity `##teamcity[`. Longer rows of colons match too, because a line may be wrapped inside of them.
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
const workflowCommand = /(?<!\S):(?=:)|:(?=::)|#(?=#[a-z]*\[)/gi;

const escaped = (character: string): string => {
  const point = character.codePointAt(0) ?? 0;
  return point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, '0')}`;
};

/**
 * A value from AWS or from a config, safe to print: one line of visible characters. Characters that could control a terminal, reorder or
 * hide text, or command a build's log reader become a visible escape such as `\u001b`.
 */
export const plain = (text: string): string => text.replace(unsafe, escaped).replace(workflowCommand, escaped);

/** Like `plain`, for a text of several lines, such as a stack. */
export const plainLines = (text: string): string => text.split('\n').map(plain).join('\n');

/** `a`, `a and b`, `a, b and c`. */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** One word of a command line, for a POSIX shell, which expands `~name`. */
export const shellWord = (value: string): string =>
  /^(?!~[^/])[\w@%+=:,./~-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;

/** The colours and links that this program writes. */
const styling = String.raw`\u001b\[[\d;]*m|\u001b\]8;;[^\p{Cc}]*\u001b\\`;
const stylingOrUnsafe = new RegExp(`${styling}|\\r\\n|${unsafe.source}`, 'gu');

/**
 * The last check before a terminal, for texts that `plain` has not escaped yet: escapes the same characters except for line ends, tabs, and
 * styling if it is allowed.
 */
export const guarded = (text: string, styled: boolean): string =>
  text.replace(stylingOrUnsafe, (found) =>
    found === '\t' || found === '\r\n' || (styled && found.length > 2) ? found : plainLines(found),
  );

/**
 * A JSON text with everything unsafe escaped inside its strings. It parses to the same value. `JSON.stringify` itself leaves DEL,
 * C1, bidi and zero-width characters raw.
 */
export const plainJson = (json: string): string =>
  json
    .replace(unsafe, (character) =>
      character === '\n'
        ? character
        : Array.from({ length: character.length }, (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`).join(''),
    )
    .replace(/##(?=[a-z]*\[)/gi, '\\u0023#');

/** JSON that is equal for equal values, regardless of the order of their keys. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, of: unknown) =>
    typeof of === 'object' && of !== null && !Array.isArray(of)
      ? Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)))
      : of,
  );
