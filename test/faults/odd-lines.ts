/** Lines as in users' AWS files, all of which the AWS CLI can read. */
const spacings = ['=', ' = ', '\t=\t', ' =', '= ', '   =   '];
const values = [
  'eu-west-1',
  'a=b',
  'a = b = c',
  '#not a comment',
  'x # is this one?',
  'x ; or this?',
  '"quoted"',
  "'single'",
  'with  two  blanks',
  'trailing blanks   ',
  '[brackets]',
  '%(percent)s',
  '%',
  '$HOME/x',
  '~/.x',
  'back\\slash',
  'https://user@example.com:8443/a?b=c&d=e#f',
  'Ünïcödé ключ 鍵',
  '😀',
  'FQoGZXIvYXdzEJr//////////wEaDG==',
];
const shapes: readonly string[] = [
  '',
  '\n',
  '\n\n\n',
  '# comment\n',
  '; comment\n',
  '#[commented-out]\n#region = x\n',
  '#\n;\n#\n',
  's3 =\n  max_concurrent_requests = 20\n',
  's3 =\n    addressing_style = path\n    payload_signing_enabled = true\nregion = us-east-1\n',
  's3 =\n\tregion = inner\n',
  's3 =\n  # inside\n  max_queue_size = 5\n',
  'services = local\nendpoint_url = http://localhost:4566\n',
  'role_arn = arn:aws:iam::111122223333:role/x\nsource_profile = odd-0\nduration_seconds = 900\n',
  'credential_process = "/opt/a b/tool" --flag="x y"\n',
  'sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n',
  'mfa_serial = arn:aws:iam::111122223333:mfa/me\n',
  'cli_pager =\n',
  'cli_history = enabled\ncli_timestamp_format = iso8601\n',
  'region: eu-west-1\n',
  'REGION = EU\n',
  'region = a\n\n\n# between\n\noutput = json\n',
  'login_session = arn:aws:iam::111122223333:root\n',
  'ca_bundle = /etc/ssl/x.pem\nretry_mode = adaptive\nmax_attempts = 9\n',
  'x_security_token_expires = 2026-11-25T10:00:00+00:00\n',
  'toolkit_artifact_guid=00000000-0000-0000-0000-000000000000\n',
];
const keys = ['region', 'output', 'aws_session_token', 'x-custom', 'endpoint_url', 'key.with.dots'];

const lines: readonly string[] = [
  ...shapes,
  ...values.flatMap((value) => spacings.map((spacing) => `region${spacing}${value}\n`)),
  ...keys.flatMap((key) => values.map((value) => `${key} = ${value}\n`)),
];
/** Two hundred of them that the AWS CLI reads in a profile each. */
export const legible: readonly string[] = lines.slice(0, 200);

/** Lines for byte comparisons: also the last line of a file without a line end. */
export const handMade: readonly string[] = [
  ...shapes,
  ...values.map((value) => `region = ${Buffer.from(value, 'utf8').toString('latin1')}\n`),
  'region = x',
  '# the end',
  's3 =\n  x = 1',
];

/** Lines that no other program reads, and that this tool does not fix. */
export const breaking: readonly string[] = [
  'no sign at all\n',
  '[twice]\na = 1\n[twice]\na = 2\n',
  'region = a\nregion = b\n',
  '[unclosed\nx = 1\n',
  '[closed] trailing\nx = 1\n',
  '[ blanks ]\nx = 1\n',
  '[]\nx = 1\n',
  '  indented = 1\n',
  '= no key\n',
  '\u0000\u0001\u00ff\u00fe\n',
  '[profile "quoted name"]\nx = 1\n',
  'x = 1\u2028'.replace('\u2028', '\u00e2\u0080\u00a8'),
  '\u00ef\u00bb\u00bf[bom-in-the-middle]\nx = 1\n',
];
