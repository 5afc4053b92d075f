/** AWS takes addresses of 6 to 64 characters for an account. https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html */
const longest = 64;

/**
 * An address of its own for an account, in a mailbox that is there: `root@example.com` and `Sandbox 2` make `root+sandbox-2@example.com`.
 * Most mail systems deliver both to one mailbox; whether this one does is for a person to try. The problem in words when it cannot be.
 */
export const plusAddress = (from: string, name: string): { readonly email: string } | { readonly problem: string } => {
  const at = from.lastIndexOf('@');
  if (at < 1 || at === from.length - 1) return { problem: `${JSON.stringify(from)} is not an e-mail address` };
  const mailbox = from.slice(0, at);
  const domain = from.slice(at + 1);
  const tag = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  if (tag === '') return { problem: `the name ${JSON.stringify(name)} has no letters or digits to make an address of` };
  // `root+aws@…` and `sandbox` make `root+aws-sandbox@…`: a second plus is more than some mail systems take.
  const email = `${mailbox}${mailbox.includes('+') ? '-' : '+'}${tag}@${domain}`;
  if (email.length > longest) {
    const room = Math.max(0, longest - (email.length - tag.length));
    return {
      problem: `${email} has ${email.length} characters, and AWS takes ${longest}; ${room < 2 ? 'the mailbox and domain are too long for a name' : `a name of at most ${room} letters fits`}`,
    };
  }
  return { email };
};
