/** How text may look where it is going. Worked out once, from streams and environment, by `src/ui/terminal.ts`. */
export interface TextStyle {
  /** Columns. Renderers keep to it from 40 to 120 and never go wider. */
  readonly width: number;
  readonly color: boolean;
  /** Symbols such as ✓ are shown; else their ASCII stand-ins. */
  readonly unicode: boolean;
  /** For screen readers: no symbols beside the words, no columns. */
  readonly accessible?: boolean;
  /** Links can be followed (OSC 8): a terminal, and nobody asked for plain text. */
  readonly links?: boolean;
}

/**
 * Control characters (C0, DEL, C1), format characters (bidi controls, zero-width, tags), line and paragraph separators,
 * lone surrogates, and what else has no shape of its own (variation selectors, Hangul fillers).
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * What a build's log reader obeys: a GitHub runner takes `::command::` after trimming the line and `##[command]` anywhere in it,
 * Azure Pipelines `##vso[`, TeamCity `##teamcity[`. Longer rows of colons go too, so that a wrapped line can always start elsewhere.
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
const workflowCommand = /(?<!\S):(?=:)|:(?=::)|#(?=#[a-z]*\[)/gi;

const escaped = (character: string): string => {
  const point = character.codePointAt(0) ?? 0;
  return point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, '0')}`;
};

/**
 * A value from AWS or from a config, made harmless for people's output: one line of visible characters. What could steer a
 * terminal, reorder text, hide, or command a build's log reader becomes a visible escape such as `\u001b`.
 */
export const plain = (text: string): string => text.replace(unsafe, escaped).replace(workflowCommand, escaped);

/** As `plain`, for a text of several lines, such as a stack. */
export const plainLines = (text: string): string => text.split('\n').map(plain).join('\n');

/** One word of a command line, for a POSIX shell. */
export const shellWord = (value: string): string => (/^[\w@%+=:,./~-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`);

/** Colours and links as this program writes them; they have no other way to a terminal. */
const styling = String.raw`\u001b\[[\d;]*m|\u001b\]8;;[^\p{Cc}]*\u001b\\`;
const stylingOrUnsafe = new RegExp(`${styling}|${unsafe.source}`, 'gu');

/**
 * The last guard before a terminal, for texts that were not made harmless where they were put together: all that `plain` escapes but for
 * line ends, tabs, and styling where it is allowed. What is harmless already stays as it is.
 */
export const guarded = (text: string, styled: boolean): string =>
  text.replace(stylingOrUnsafe, (found) => (found === '\n' || found === '\t' || (styled && found.length > 2) ? found : plainLines(found)));

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

/** JSON that is equal for equal values, whatever the order of their keys. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, of: unknown) =>
    typeof of === 'object' && of !== null && !Array.isArray(of)
      ? Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)))
      : of,
  );
