import type { HelpPage } from './page.js';

/** The page of help of every command, by the words of the command. Empty in the source: scripts/stored-help.js puts them here. */
export const helpPages: Readonly<Record<string, HelpPage>> = {};
