/**
 * A command as people type it, in words. Blanks part the words; '…' and "…" keep them together, and inside "…" a backslash keeps
 * the meaning of a quote or a backslash off. Nothing else means anything: no variables, no patterns, no pipes, since no shell reads it.
 * undefined when a quote is not closed, or there is no word.
 */
export const commandWords = (text: string): readonly string[] | undefined => {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === undefined && (character === "'" || character === '"')) {
      quote = character;
      word ??= '';
    } else if (character === quote) {
      quote = undefined;
    } else {
      const kept = quote === '"' && character === '\\' && /["\\]/.test(text.charAt(at + 1));
      if (kept) at += 1;
      word = (word ?? '') + text.charAt(at);
    }
  }
  if (quote !== undefined) return undefined;
  if (word !== undefined) words.push(word);
  return words.length === 0 || words[0] === '' ? undefined : words;
};
