/** How text may look where it is going. Worked out once, from streams and environment, by `src/ui/terminal.ts`. */
export interface Look {
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
