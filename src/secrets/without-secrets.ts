import type { SecretEntry } from '../core/secret-sink.js';

/** A text of somebody else's with the entry's secret taken out, in whatever form a program is likely to repeat it. */
export const withoutSecrets = (text: string, entry: SecretEntry): string =>
  formsOf(entry).reduce((clean, form) => clean.replaceAll(form, '[secret]'), text);

const formsOf = (entry: SecretEntry): readonly string[] => {
  const secret = (
    entry.kind === 'console-password' ? entry.password : entry.kind === 'mfa-seed' ? entry.seed : entry.secretAccessKey
  ).reveal();
  const bytes = Buffer.from(secret);
  const forms = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ];
  // Base64 of a longer text has the secret at one of three offsets; the characters at its ends mix with the neighbours'.
  const shifted = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return encoded.slice(offset === 0 ? 0 : offset + 1, bytes.length % 3 === 0 && offset === 0 ? undefined : -1);
  });
  return [...forms, ...shifted, ...shifted.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))].filter(
    (form) => form.length >= 8,
  );
};
