import { describe, expect, it } from 'vitest';
import { applyEdit, type Edit, sectionsOf, valueOf } from '../../src/secrets/aws-file.js';

/** How a file of `~/.aws` is read and edited, line by line. */

const mark = '\u00ef\u00bb\u00bf';
/** Each section in one line: header, title, `odd` if only one reader accepts the header, settings with their lines, and the last line. */
const inShort = (text: string): readonly string[] =>
  sectionsOf(text).map(
    ({ title, plain, header, last, settings }) =>
      `${header} [${title}]${plain ? '' : ' odd'} ${settings.map(({ key, value, line }) => `${line} ${key}=${value}`).join(', ')} to ${last}`,
  );

describe('the sections of a file', () => {
  it.each<[string, string, readonly string[]]>([
    ['none in an empty file', '', []],
    ['none before the first header', 'a = 1\n', []],
    ['one', '[a]\nx = 1\n', ['0 [a] 1 x=1 to 1']],
    ['one without a line end', '[a]\nx = 1', ['0 [a] 1 x=1 to 1']],
    ['an empty one', '[a]\n\n\n[b]\n', ['0 [a]  to 0', '3 [b]  to 3']],
    ['one after a byte order mark', `${mark}[a]\nx = 1\n`, ['0 [a] 1 x=1 to 1']],
    ['none after a byte order mark that is not at the start', `\n${mark}[a]\n`, []],
    ['with comments and blank lines that are no settings', '# c\n[a]\n# x = 1\n ; y = 2\n\t\n\nz = 3\n# end\n', ['1 [a] 6 z=3 to 6']],
    ['with Windows line ends', '[a]\r\nx = 1\r\n\r\n', ['0 [a] 1 x=1 to 1']],
    ['with a comment after the header', '[a] # c\n[b]\t; c\n[c]#c\n', ['0 [a]  to 0', '1 [b]  to 1', '2 [c] odd  to 2']],
    ['with text after the header', '[a] b\nx = 1\n', ['0 [a] odd 1 x=1 to 1']],
    ['with an indented header', ' [a]\nx = 1\n', ['0 [a] odd 1 x=1 to 1']],
    ['with a header without a name', '[]\nx = 1\n', ['0 [] 1 x=1 to 1']],
    ['with keys in any spelling, and both separators', '[a]\nAbC:1\nd=2\n  e\t:  3  \n', ['0 [a] 1 abc=1, 2 d=2 to 3']],
    [
      'with comments after a value',
      '[a]\nx = 1 # c\ny = 2  ; c\nz = 3#c;d\nw = # c\nv = ; c\n',
      ['0 [a] 1 x=1, 2 y=2, 3 z=3#c;d, 4 w=, 5 v= to 5'],
    ],
    ['with the first separator of several', '[a]\nx = a=b:c\ny: a=b\n', ['0 [a] 1 x=a=b:c, 2 y=a=b to 2']],
    ['with a line without a separator', '[a]\nx\n= 1\n', ['0 [a]  to 2']],
    ['with a block that belongs to a setting', '[a]\ns3 =\n  x = 1\n  y = 2\nz = 3\n', ['0 [a] 1 s3=, 4 z=3 to 4']],
    ['with settings that are all indented', '[a]\n  x = 1\n  y = 2\n    z = 3\n', ['0 [a] 1 x=1, 2 y=2 to 3']],
    ['with less indentation', '[a]\n  x = 1\n y = 2\n  z = 3\n', ['0 [a] 1 x=1, 2 y=2 to 3']],
    ['whose blocks end at the next header', '[a]\nx = 1\n[b]\n  y = 2\n', ['0 [a] 1 x=1 to 1', '2 [b] 3 y=2 to 3']],
    ['twice, if it is there twice', '[a]\nx = 1\n[a]\nx = 2\n', ['0 [a] 1 x=1 to 1', '2 [a] 3 x=2 to 3']],
  ])('are %s', (_, text, expected) => expect(inShort(text)).toEqual(expected));
});

describe('the value of a key', () => {
  it.each([
    ['the only one', '[a]\nx = 1\n', '1'],
    ['the last one in a section', '[a]\nx = 1\ny = 3\nx = 2\n', '2'],
    ['the last one of several sections', '[a]\nx = 1\n[a]\nx = 2\n', '2'],
    ['not an empty one', '[a]\nx = 1\nx =\n', '1'],
    ['none', '[a]\ny = 1\n', undefined],
  ])('is %s', (_, text, expected) => expect(valueOf(sectionsOf(text), 'x')).toBe(expected));
});

describe('an edited file', () => {
  const edit = (text: string, more: Partial<Edit> = {}): string =>
    applyEdit(text, { isTarget: (title) => title === 'a', title: 'a', values: { x: 'NEW' }, ...more });
  it.each<[string, string, Partial<Edit>, string]>([
    ['begins with the section, if it was empty', '', {}, '[a]\nx = NEW\n'],
    ['begins with the section after a byte order mark', mark, {}, `${mark}[a]\nx = NEW\n`],
    ['has a blank line before a new section', '[b]\ny = 1\n', {}, '[b]\ny = 1\n\n[a]\nx = NEW\n'],
    ['has no second blank line', '[b]\ny = 1\n\n', {}, '[b]\ny = 1\n\n[a]\nx = NEW\n'],
    ['gets the line end that was missing', '[b]\ny = 1', {}, '[b]\ny = 1\n\n[a]\nx = NEW\n'],
    ['gets the line end after blanks', '[b]\n  ', {}, '[b]\n  \n[a]\nx = NEW\n'],
    ['keeps Windows line ends', '[b]\r\ny = 1', {}, '[b]\r\ny = 1\r\n\r\n[a]\r\nx = NEW\r\n'],
    ['uses the line end of Windows if one line has it', '[b]\ny = 1\r\nz = 2\n', {}, '[b]\ny = 1\r\nz = 2\n\r\n[a]\r\nx = NEW\r\n'],
    ['has the value in place', '[a]\ny = 1\nx = old\nz = 2\n', {}, '[a]\ny = 1\nx = NEW\nz = 2\n'],
    ['keeps the form of the line', '[a]\n  X\t:  old \t # c\r\n', {}, '[a]\n  X\t:  NEW\r\n'],
    ['keeps a missing line end', '[a]\nx=old', {}, '[a]\nx=NEW'],
    ['keeps a line end that another program doubled', '[a]\r\r\nx = old\r\r\ny = 1\r\r\n', {}, '[a]\r\r\nx = NEW\r\r\ny = 1\r\r\n'],
    ['keeps its key beside a line end of an old Mac', '[a]\nx =\r old\ny = 1\n', {}, '[a]\nx =NEW\ny = 1\n'],
    ['has a value with a sign of patterns', '[a]\nx = old\n', { values: { x: '$1$&' } }, '[a]\nx = $1$&\n'],
    ['has a value that contains separators', '[a]\nx = a=b:c\n', {}, '[a]\nx = NEW\n'],
    ['has the last of two values changed', '[a]\nx = 1\nx = 2\n', {}, '[a]\nx = 1\nx = NEW\n'],
    ['has the value of the last of two sections changed', '[a]\nx = 1\n[a]\nx = 2\n', {}, '[a]\nx = 1\n[a]\nx = NEW\n'],
    [
      'has the value of the first of two sections changed, if only that has it',
      '[a]\nx = 1\n[a]\ny = 2\n',
      {},
      '[a]\nx = NEW\n[a]\ny = 2\n',
    ],
    ['gets a new value at the end of the section', '[a]\ny = 1\n\n# c\n[b]\nz = 2\n', {}, '[a]\ny = 1\nx = NEW\n\n# c\n[b]\nz = 2\n'],
    ['gets a new value at the end of the last section', '[a]\ny = 1\n[a]\ny = 2\n', {}, '[a]\ny = 1\n[a]\ny = 2\nx = NEW\n'],
    ['gets a new value after the last line without a line end', '[a]\ny = 1', {}, '[a]\ny = 1\nx = NEW\n'],
    ['gets a new value in an empty section', '[a]\n\n[b]\n', {}, '[a]\nx = NEW\n\n[b]\n'],
    ['is as it was in other sections', '[b]\nx = 1\n[a]\nx = 2\n', {}, '[b]\nx = 1\n[a]\nx = NEW\n'],
    ['has all values, in order', '[a]\ny = 1\n', { values: { x: '1', y: '2', z: '3' } }, '[a]\ny = 2\nx = 1\nz = 3\n'],
    ['loses what is removed', '[a]\nt = 1\nx = 2\nT = 3\ny = 4\n[b]\nt = 5\n', { remove: ['t'] }, '[a]\nx = NEW\ny = 4\n[b]\nt = 5\n'],
    [
      'loses what is removed, although lines are added',
      '[a]\nt = 1\ny = 2\n[b]\nt = 3\n',
      { remove: ['t'] },
      '[a]\ny = 2\nx = NEW\n[b]\nt = 3\n',
    ],
    ['has the title of the new section', '', { title: 'profile q' }, '[profile q]\nx = NEW\n'],
  ])('%s', (_, text, more, expected) => expect(edit(text, more)).toBe(expected));
});
