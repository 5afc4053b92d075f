/** "Attach X to the group G, make the user U in it and an access key for U": a verb that comes again is said once. */
export const sentenceOf = (clauses: readonly (readonly [verb: string, object: string])[]): string => {
  const said = clauses.map(([verb, object], at) => (clauses[at - 1]?.[0] === verb ? object : `${verb} ${object}`));
  return listed(said).replace(/^./, (first) => first.toUpperCase());
};

export const listed = (parts: readonly string[]): string =>
  parts.length === 0 ? 'no policy' : [parts.slice(0, -1).join(', '), parts.at(-1)].filter((part) => part !== '').join(' and ');
