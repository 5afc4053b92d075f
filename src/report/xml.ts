import { plain } from '../core/text.js';

/**
 * A value as XML 1.0 character data, for text and for attributes in double quotes. `plain` escapes all characters that
 * XML forbids, except two non-characters. https://www.w3.org/TR/xml/#charsets
 */
export const xmlText = (value: string): string =>
  plain(value)
    .replace(/[\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
    .replace(/[&<>"]/g, (character) => entities[character] as string);

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** `<name a="b">inside</name>`; `inside` is already XML. Undefined attributes are left out. */
export const element = (name: string, attributes: Readonly<Record<string, string | number | undefined>>, inside = ''): string => {
  const start = Object.entries(attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${xmlText(String(value))}"`]))
    .join('');
  return inside === '' ? `<${name}${start}/>` : `<${name}${start}>${inside}</${name}>`;
};
