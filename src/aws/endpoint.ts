import { BootstrapError } from '../core/errors.js';
import { listed } from '../core/text.js';

/** Service ids as in AWS_ENDPOINT_URL_* (upper case) and in `[services]` sections (lower case). */
export const endpointServices = ['iam', 'sts', 'budgets', 'organizations', 'account', 'cloudtrail', 'freetier'] as const;
export type Service = (typeof endpointServices)[number];

const signInServices = ['sts', 'sso', 'sso_oidc', 'signin'] as const;

export interface EndpointSources {
  readonly flag: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The profile's settings in the AWS config file; those of its `services` section are under `services.<id>`. */
  readonly profile: Readonly<Record<string, string | undefined>>;
}

/**
 * The configured endpoint of each service, by the precedence of the AWS SDKs: flag, AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the
 * profile's services section, the profile's endpoint_url. Done here because the SDK ignores a profile that is chosen by an option instead
 * of AWS_PROFILE.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export const endpointsOf = (sources: EndpointSources): Readonly<Partial<Record<Service, string>>> => {
  const { flag, env, profile } = sources;
  const ignoring = filled(env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']) ?? profile['ignore_configured_endpoint_urls'];
  const ignore = ignoring?.toLowerCase() === 'true';
  const configured = (service: string): string | undefined =>
    ignore
      ? undefined
      : (filled(env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`]) ??
        filled(env['AWS_ENDPOINT_URL']) ??
        filled(profile[`services.${service}`]) ??
        filled(profile['endpoint_url']));
  // The SDK finds these itself when it signs in. Their requests contain tokens, which must be protected like credentials.
  for (const service of signInServices) {
    const url = configured(service);
    if (url !== undefined) checked(url);
  }
  const found: Partial<Record<Service, string>> = {};
  for (const service of endpointServices) {
    const url = flag ?? configured(service);
    if (url !== undefined) found[service] = checked(url);
  }
  guardCertificates(env, found);
  guardIdentity(found);
  return found;
};

/**
 * The account that a run shows and guards is the one that STS names. If only STS is an emulator, such as by a forgotten variable, or another
 * one than the other services are, the other requests would change an account that nothing names. A gateway may have a name for each service.
 */
const guardIdentity = (found: Readonly<Partial<Record<Service, string>>>): void => {
  const foreign = foreignEndpoints(found);
  const { sts } = foreign;
  if (sts === undefined) return;
  const elsewhere = (['iam', 'budgets', 'organizations', 'account'] as const).filter(
    (service) => foreign[service] !== sts && foreign[service]?.replace(service, '') !== sts.replace('sts', ''),
  );
  if (elsewhere.length === 0) return;
  const places = new Set(elsewhere.map((service) => foreign[service] ?? 'AWS'));
  throw new BootstrapError({
    code: 'E-ENDPOINT',
    message: `STS is at ${sts}, but ${listed(elsewhere)} at ${listed([...places])}: the account that this run shows would not be the one that it reads and changes.`,
    next: 'Set one endpoint for all services (--endpoint-url or AWS_ENDPOINT_URL), or remove that of STS (AWS_ENDPOINT_URL_STS, or `services` in the AWS config file).',
  });
};

/**
 * With this variable, Node accepts the certificate of any server, so that anyone on the way can read session tokens and new secrets. Only
 * loopback endpoints are not affected.
 */
const guardCertificates = (env: EndpointSources['env'], found: Readonly<Partial<Record<Service, string>>>): void => {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  if (endpointServices.every((service) => found[service] !== undefined && isLoopback(new URL(found[service]).hostname))) return;
  throw new BootstrapError({
    code: 'E-ENDPOINT',
    message: 'NODE_TLS_REJECT_UNAUTHORIZED=0 turns off the check of certificates, so credentials and new secrets could go to any server.',
    next: 'Unset that variable. If a proxy has its own certificate, pass it with --ca-bundle FILE or AWS_CA_BUNDLE.',
  });
};

/**
 * The endpoints that do not belong to AWS (a VPC or FIPS endpoint does). An emulator may lack operations; AWS does not, and an error page
 * of AWS is a temporary failure.
 */
export const foreignEndpoints = (endpoints: Readonly<Partial<Record<Service, string>>>): Readonly<Partial<Record<Service, string>>> =>
  Object.fromEntries(
    Object.entries(endpoints)
      .map(([service, url]) => [service, new URL(url)] as const)
      .filter(([, { hostname }]) => !awsHosts.test(hostname))
      // For messages, so without a password that the URL may contain.
      .map(([service, { origin }]) => [service, origin]),
  );

const awsHosts = /(^|\.)(amazonaws\.com(\.cn)?|api\.aws|amazonaws\.eu|api\.amazonwebservices\.(com\.cn|eu))$/;

const filled = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

/** Credentials are sent only to AWS, to a loopback address, or over TLS to the configured host. */
const checked = (url: string): string => {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch (cause) {
    throw new BootstrapError({
      code: 'E-ENDPOINT',
      message: `The endpoint "${url}" is not a URL.`,
      next: 'Pass a URL such as http://127.0.0.1:5000 (--endpoint-url or AWS_ENDPOINT_URL).',
      cause,
    });
  }
  if (parsed.protocol !== 'https:' && !(parsed.protocol === 'http:' && isLoopback(parsed.hostname))) {
    throw new BootstrapError({
      code: 'E-ENDPOINT',
      message: `The endpoint ${parsed.protocol}//${parsed.host} would send credentials to another machine over an unencrypted connection.`,
      next: 'Use https, or a loopback address such as http://127.0.0.1:5000. Check --endpoint-url, AWS_ENDPOINT_URL and endpoint_url in the AWS config file.',
    });
  }
  return url;
};

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
