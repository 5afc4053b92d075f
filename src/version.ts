/** Held against package.json by a test: reading the file at start would cost more than the whole of `--version`. */
export const version = '0.1.0';
