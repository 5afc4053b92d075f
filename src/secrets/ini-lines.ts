/**
 * The files of `~/.aws` as lines, so that an edit leaves every other byte alone. No library does: those that write such files drop
 * comments, cut values at `#` or escape `=` in them. Texts are decoded as latin1, which keeps every byte.
 *
 * Two readers disagree on details, and what is written here must mean the same to both: the SDK for JavaScript (parseIni in
 * @smithy/core) and the AWS CLI (Python's configparser). https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export interface Section {
  /** What stands between the brackets, as it is written. */
  readonly title: string;
  /** False for a header that only one of the readers takes for one: indented, or with something behind it. */
  readonly plain: boolean;
  /** Index of the header's line. */
  readonly header: number;
  /** Index of the last line with something in it; the header's own when the section is empty. */
  readonly last: number;
  readonly settings: readonly Setting[];
}
export interface Setting {
  /** Lower case: the AWS CLI knows no other. */
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** Lines with their ends. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const byteOrderMark = '\u00ef\u00bb\u00bf';
const headerPattern = /^(\s*)\[([^\]]*)\](.*)/s;
const settingPattern = /^\s*([^=:\s][^=:]*?)\s*([=:])\s*(.*?)\s*$/;

export const sectionsOf = (text: string): readonly Section[] => {
  const sections: (Section & { last: number; settings: Setting[] })[] = [];
  /** How far the last setting of the section is indented: a deeper line belongs to it (`s3 =` and its block). */
  let depth: number | undefined;
  linesOf(text).forEach((raw, line) => {
    const content = line === 0 && raw.startsWith(byteOrderMark) ? raw.slice(byteOrderMark.length) : raw;
    if (/^\s*([#;].*)?$/.test(content.trimEnd())) return;
    const [, before, title, behind = ''] = headerPattern.exec(content) ?? [];
    if (title !== undefined) {
      const plain = before === '' && /^\s*(\s[#;].*)?$/.test(behind.trimEnd());
      sections.push({ title, plain, header: line, last: line, settings: [] });
      depth = undefined;
      return;
    }
    const section = sections.at(-1);
    if (section === undefined) return;
    section.last = line;
    const indent = content.length - content.trimStart().length;
    if (depth !== undefined && indent > depth) return;
    depth = indent;
    const [, key, , value] = settingPattern.exec(content) ?? [];
    if (key !== undefined) section.settings.push({ key: key.toLowerCase(), value: withoutComment(value ?? ''), line });
  });
  return sections;
};

const withoutComment = (value: string): string => (value.split(/(?:^|\s)[;#]/)[0] ?? '').trim();

/** The value that counts: a later one wins over an earlier one, in a section that stands there twice too. An empty one is none. */
export const valueOf = (sections: readonly Section[], key: string): string | undefined =>
  sections.flatMap((section) => section.settings).findLast((setting) => setting.key === key && setting.value !== '')?.value;

export interface Edit {
  /** The sections that are meant: all that have the name. */
  readonly isTarget: (title: string) => boolean;
  /** Title of a new section, when none is there. */
  readonly title: string;
  readonly values: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
}

/** The text with the values set: in place where the key is, else at the end of the section, else in a new one at the end. */
export const edited = (text: string, { isTarget, title, values, remove = [] }: Edit): string => {
  const lines = [...linesOf(text)];
  const targets = sectionsOf(text).filter((section) => isTarget(section.title));
  const settings = targets.flatMap((section) => section.settings);
  const end = lines.some((line) => line.endsWith('\r\n')) ? '\r\n' : '\n';
  const missing: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    const there = settings.findLast((setting) => setting.key === key);
    if (there === undefined) missing.push(`${key} = ${value}${end}`);
    else lines[there.line] = withValue(lines[there.line] as string, value);
  }
  const section = targets.at(-1);
  if (section === undefined) append(lines, [`[${title}]${end}`, ...missing], end);
  else if (missing.length > 0) {
    lines[section.last] = ended(lines[section.last] as string, end);
    lines.splice(section.last + 1, 0, ...missing);
  }
  const removed = new Set(settings.filter((setting) => remove.includes(setting.key)).map((setting) => setting.line));
  // Inserted lines come after every setting of the last target, so that the numbers of the removed ones still hold.
  return lines.filter((_, line) => !removed.has(line)).join('');
};

/** The line up to its value stays. A comment behind the value goes with it: the AWS CLI would take it for a part of the new one. */
const withValue = (line: string, value: string): string => {
  const [, before = '', , end = ''] = /^([^=:]*[=:][^\S\r\n]*)([^\r\n]*?)(\r?\n?)$/.exec(line) ?? [];
  return `${before}${value}${end}`;
};

const ended = (line: string, end: string): string => (line.endsWith('\n') ? line : `${line}${end}`);

/** A new section, set off by an empty line from what is there. */
const append = (lines: string[], added: readonly string[], end: string): void => {
  const last = lines.length - 1;
  const text = lines[last];
  if (text !== undefined && text !== byteOrderMark) {
    lines[last] = ended(text, end);
    if (text.trim() !== '') lines.push(end);
  }
  lines.push(...added);
};
