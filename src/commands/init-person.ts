/** Names that belong to a machine or to everybody, and tell nothing of the person in front of it. */
const nobody = new Set([
  'root',
  'admin',
  'administrator',
  'user',
  'node',
  'runner',
  'vscode',
  'ubuntu',
  'ec2-user',
  'cloudshell-user',
  'codespace',
  'gitpod',
]);

/** The name that the person goes by on this computer; undefined where it is nobody's own. */
export const personOf = (env: Readonly<Record<string, string | undefined>>): string | undefined => {
  const name = env['USER'] || env['LOGNAME'] || env['USERNAME'] || undefined;
  return name === undefined || nobody.has(name.toLowerCase()) ? undefined : name;
};
