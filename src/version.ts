/** Held against package.json by a test: reading the file at start would cost more than the whole of `--version`. */
export const version = '0.1.0';

/**
 * Whether npm has this package. Before that, the name is free for anyone, so nothing that the tool writes may refer to it: docs/releasing.md.
 */
const published: boolean = false;

/** Where an editor finds the JSON Schema of the config: in the package on npm, of this version. */
export const schemaUrl = (isPublished: boolean = published): string | undefined =>
  isPublished ? `https://unpkg.com/aws-account-bootstrap@${version}/schemas/config.schema.json` : undefined;
