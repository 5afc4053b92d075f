import { operations } from '../aws/operations.js';
import { errorCodes } from '../core/errors.js';
import type { OwnTexts } from '../report/redact.js';
import { steps } from '../steps/index.js';

/** Everything that this tool can write by itself, as `--redact` needs it: the catalogue, the pages of `explain`, the operations, and more words. */
export const ownTexts = async (): Promise<OwnTexts> => {
  const pages = await Promise.all(steps.map((step) => step.explain()));
  const catalogue = steps.map(({ id, title, about, findings }) => ({ id, title, about, findings }));
  const texts = JSON.stringify([pages, catalogue, errorCodes, operations, moreWords]);
  return {
    words: new Set((texts.match(/[A-Za-z\d_]+/g) ?? []).map((word) => word.toLowerCase()).filter((word) => !exampleNames.includes(word))),
    checks: new Map(steps.flatMap(({ findings }) => findings.map((spec) => [spec.id, spec]))),
    steps: new Set(steps.map(({ id }) => id)),
    errorCodes: new Set(Object.keys(errorCodes)),
  };
};

/** Names in the examples of the pages: a real person may have them. */
const exampleNames = ['acme', 'alex', 'ana', 'ben', 'bob', 'jane', 'doe', 'joe', 'ci', 'prod', 'ops', 'mallory'];

/** Words of messages that the pages do not use. One that is missing here is only replaced by a placeholder in a redacted report. */
const moreWords = `
active suspended closed pending_closure pending_activation
absent accessdenied accessdeniedexception across active address agrees alert alerts alias all also amount anchor another answered anywhere
application approval around assigned assisted attended audit automatically away back bank base based before beforehand begins below better
between billed blanks business buys byte calculated called capital card catalogue centrally changing character charges check checking
class clocks closure cn cny code cold colon commas comment commercial committed compared complete configuration consistent content
continuing contradict counted counting country creation credit currencies customers day days decline decrypt deep deeper deeply defaults
deleting describes destinations details device devices digest disabled document documentation download early edited editor effect empty
enabled encrypt encrypted ending endpoint enrolled entered error eur eusc eventually exceeds exclude executable exist exists expands
expected explain export extra fail failure failures findings flight follows forecasted fraction friendly gets gitignore gov group guarded
handshakes hang hardware hide holder hour hours hyphen id ids ignore ignored indented inherit inside install internal interrupted items
keeps key kind kinds label lack lacks language large last levels license limited linked links listed longest look lowest mail manually map
mark matching mean meaning member mfa middle migration minimum mistake month months move much multi multiply name named nested never
nosuchentity null observed occurs old older omit operational other ours overwrite owner page pages parent passkey password path percent
permanently permitted phone pick placeholders points policy portal practice preferences present press print printed program punctuation
quarter questions quote quotes raise raw reach readable reading readonly reasons receives recipient recognises recurring refused regular
reinstate relative remaining remains remedy removed renamed repaired repeat repeats replacing request rescued resolved
resourcenotfoundexception resources restrict results return role round row sandbox say scanned schema script scroll second seconds select
selected seller server session several shortest signed similar since skips soon source spaces stable starts step string strong submit
supported supports symbolic table telephone temporary throttling throttlingexception throw times titles today token tomorrow tools topic
total totp tree trusted twice typing unassigned unchanged undone unsafe unused upfront usd used user validationexception verbose verify
view virtual visible waived waiver wants watched web week weeks why written wrote year yesterday yours
`;
