/** The tag of everything that this tool creates, where AWS can tag it. Later runs recognize their own things by it. */
export const ownTag = { Key: 'created-by', Value: 'aws-account-bootstrap' } as const;

export const hasOwnTag = (tags: Readonly<Record<string, string>>): boolean => tags[ownTag.Key] === ownTag.Value;
