// Plain English: fails when a word of the list is in the sources or the docs. Each word has what to write instead.
// `node scripts/words.js` checks the repository, `node scripts/words.js -` the text on standard input.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Words that readers stumble over, and plain ones. @type {readonly (readonly [pattern: string, instead: string])[]} */
const words = [
  ['told|tells?', 'reported, printed, shown'],
  ['mend(s|ed|ing)?', 'fix'],
  ['nobody|no-one', 'no one, or name the role'],
  ['somebody|anybody|everybody', 'someone, anyone, everyone, or name the role'],
  ['whoever|whomever', 'the user who, anyone who'],
  ['homeless', 'without a destination'],
  ['by hand|by a person|a person', 'manual, manually, you, the user'],
  ['put right', 'fix'],
  ['(lies?|lay|rests?) near', 'similar, likely'],
  ['at rest', 'not used'],
  ['lets? (you|us|them) in', 'can be assumed'],
  ['hears?( of)?|heard', 'receives, is notified'],
  ['speaks? of|spoken of|is said|are said', 'mentions, reports'],
  ['(came|comes?) to be', 'became, is'],
  ['fault of the tool|fault in the tool', 'a bug in this tool'],
  ['mostly takes', 'usually takes'],
  ['(takes?|took|taken) (back|away)', 'undo, remove'],
  ['puts? off|putting off', 'defer, postpone'],
  ['behind (their|your) back', 'without being asked'],
  ['upon|anew|afresh|whence|thereof|hither', 'on, again'],
  ['a word to', ''],
  ['e-mails?', 'email'],
  ['stands? (there|in|beside|behind|for|between)', 'is, exists'],
];
/** Lines where a word of the list is a name of its own or a quotation. */
const allowed = [/"tells?"/, /whence -w/];
const list = new RegExp(`\\b(?:${words.map(([pattern]) => pattern).join('|')})\\b`, 'gi');

/** @type {(name: string, text: string) => readonly string[]} */
const findings = (name, text) =>
  text.split('\n').flatMap((line, index) => {
    if (allowed.some((pattern) => pattern.test(line))) return [];
    return [...line.matchAll(list)].map(([word]) => {
      const instead = words.find(([pattern]) => new RegExp(`^(?:${pattern})$`, 'i').test(word))?.[1] ?? '';
      return `${name}:${index + 1}: "${word}"${instead === '' ? '' : ` (write: ${instead})`}`;
    });
  });

const places = ['src', 'test', 'scripts', 'README.md', 'CHANGELOG.md', 'docs', '.github', 'action', 'action.yml'];
/** They have the words of the list on purpose. */
const ownFiles = ['scripts/words.js', 'test/docs/words.test.ts'];
const repository = () =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...places], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => /\.(ts|js|sh|md|ya?ml)$/.test(file) && !ownFiles.includes(file))
    .map((file) => ({ name: file, text: readFileSync(file, 'utf8') }));

const texts = process.argv[2] === '-' ? [{ name: 'stdin', text: readFileSync(0, 'utf8') }] : repository();
const found = texts.flatMap(({ name, text }) => findings(name, text));
for (const line of found) console.error(line);
console.log(
  `${texts.length} ${texts.length === 1 ? 'text' : 'texts'}, ${found.length} ${found.length === 1 ? 'word' : 'words'} to replace`,
);
if (found.length > 0) {
  console.error('The rule: plain English, as in the docs of the GitHub CLI and the AWS CLI.');
  process.exitCode = 1;
}
