import { describe, expect, it } from 'vitest';
import { endpointServices, endpointsOf, foreignEndpoints, isLoopback } from '../../src/aws/endpoint.js';

const of = (sources: { flag?: string; env?: Record<string, string>; profile?: Record<string, string> }) =>
  endpointsOf({ flag: sources.flag, env: sources.env ?? {}, profile: sources.profile ?? {} });
const everywhere = (url: string) => Object.fromEntries(endpointServices.map((service) => [service, url]));

describe('the endpoint of a service', () => {
  it("is AWS's own when none is configured", () => {
    expect(of({})).toEqual({});
    expect(of({ env: { AWS_ENDPOINT_URL: '', AWS_ENDPOINT_URL_IAM: '' }, profile: { endpoint_url: '' } })).toEqual({});
  });

  it.each(['iam', 'sts', 'budgets', 'organizations', 'account', 'cloudtrail', 'freetier'])(
    'is taken for %s from the first source that has one',
    (service) => {
      const env = {
        [`AWS_ENDPOINT_URL_${service.toUpperCase()}`]: 'https://aws.example/two',
        AWS_ENDPOINT_URL: 'https://aws.example/three',
      };
      const profile = { [`services.${service}`]: 'https://aws.example/four', endpoint_url: 'https://aws.example/five' };
      const at = (sources: Parameters<typeof of>[0]) => (of(sources) as Record<string, string>)[service];
      expect(at({ flag: 'https://aws.example/one', env, profile })).toBe('https://aws.example/one');
      expect(at({ env, profile })).toBe('https://aws.example/two');
      expect(at({ env: { AWS_ENDPOINT_URL: env.AWS_ENDPOINT_URL }, profile })).toBe('https://aws.example/three');
      expect(at({ profile })).toBe('https://aws.example/four');
      expect(at({ profile: { endpoint_url: profile.endpoint_url } })).toBe('https://aws.example/five');
    },
  );

  it('is for one service only when it is configured so', () => {
    expect(of({ env: { AWS_ENDPOINT_URL_IAM: 'https://iam.example' } })).toEqual({ iam: 'https://iam.example' });
    expect(of({ profile: { 'services.freetier': 'https://one.example', endpoint_url: 'https://all.example' } })).toEqual({
      ...everywhere('https://all.example'),
      freetier: 'https://one.example',
    });
  });

  it('is not looked for in environment and profile when they are to be ignored, whatever the case', () => {
    const env = { AWS_ENDPOINT_URL: 'https://all.example' };
    for (const yes of ['true', 'True', 'TRUE']) expect(of({ env: { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: yes } })).toEqual({});
    expect(of({ env, profile: { ignore_configured_endpoint_urls: 'true' } })).toEqual({});
    expect(
      of({ env: { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' }, profile: { ignore_configured_endpoint_urls: 'true' } }),
    ).toEqual(everywhere('https://all.example'));
  });

  it('is still that of the flag then', () => {
    expect(of({ flag: 'https://one.example', env: { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' } })).toEqual(
      everywhere('https://one.example'),
    );
  });

  it('keeps its path', () => {
    expect(of({ flag: 'https://one.example/base/' })).toEqual(everywhere('https://one.example/base/'));
  });
});

describe('an endpoint of STS', () => {
  it.each<[string, Parameters<typeof of>[0]]>([
    ['a variable', { env: { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:4566' } }],
    ['the profile', { profile: { 'services.sts': 'https://sts.example' } }],
    [
      'variables that leave out a service',
      { env: { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_IAM: 'http://127.0.0.1:1' } },
    ],
  ])('that is not AWS is refused if other services are at AWS: by %s', (_, sources) => {
    expect(() => of(sources)).toThrow(
      expect.objectContaining({
        code: 'E-ENDPOINT',
        exit: 2,
        message: expect.stringContaining('budgets, organizations and account at AWS'),
      }),
    );
  });

  it.each<[string, Parameters<typeof of>[0], string]>([
    [
      'on another port',
      { env: { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:4566', AWS_ENDPOINT_URL: 'http://127.0.0.1:5000' } },
      'iam, budgets, organizations and account at http://127.0.0.1:5000',
    ],
    [
      'on another host',
      { profile: { 'services.sts': 'https://sts.example', endpoint_url: 'https://all.example' } },
      'iam, budgets, organizations and account at https://all.example',
    ],
    [
      'in another domain',
      {
        env: {
          AWS_ENDPOINT_URL: 'https://aws.one.example',
          AWS_ENDPOINT_URL_STS: 'https://sts.one.example',
          AWS_ENDPOINT_URL_IAM: 'https://iam.two.example',
        },
      },
      'iam, budgets, organizations and account at https://iam.two.example and https://aws.one.example',
    ],
  ])('that is not AWS is refused if those of other services are %s', (_, sources, message) => {
    expect(() => of(sources)).toThrow(expect.objectContaining({ code: 'E-ENDPOINT', message: expect.stringContaining(message) }));
  });

  it('can be that of a gateway that has a name for each service', () => {
    const services = ['sts', 'iam', 'budgets', 'organizations', 'account'] as const;
    const env = (port: string) =>
      Object.fromEntries(
        services.map((service) => [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, `https://${service}.tests.example${port}`]),
      );
    expect(of({ env: env(':8443') })).toMatchObject({ sts: 'https://sts.tests.example:8443', iam: 'https://iam.tests.example:8443' });
    expect(() => of({ env: { ...env(':8443'), AWS_ENDPOINT_URL_STS: 'https://sts.tests.example' } })).toThrow(
      expect.objectContaining({ code: 'E-ENDPOINT' }),
    );
  });

  it('can have its name in that of a host for all services', () => {
    expect(of({ env: { AWS_ENDPOINT_URL: 'https://tests.example/a', AWS_ENDPOINT_URL_STS: 'https://tests.example/b' } })).toMatchObject({
      sts: 'https://tests.example/b',
    });
  });

  it.each(['https://vpce-1.sts.us-east-1.vpce.amazonaws.com', 'https://sts.us-east-1.api.aws'])('can be another one of AWS: %s', (url) => {
    expect(of({ env: { AWS_ENDPOINT_URL_STS: url } })).toEqual({ sts: url });
  });

  it('can be that of AWS if other services are not at AWS', () => {
    expect(of({ env: { AWS_ENDPOINT_URL_IAM: 'http://127.0.0.1:1' } })).toEqual({ iam: 'http://127.0.0.1:1' });
  });
});

describe('a check of certificates that is turned off', () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };

  it.each<[string, Parameters<typeof of>[0]]>([
    ['AWS itself', { env }],
    ['another host', { env, flag: 'https://one.example' }],
    ['a loopback address for some services only', { env: { ...env, AWS_ENDPOINT_URL_IAM: 'https://127.0.0.1:5000' } }],
  ])('is refused for %s', (_, sources) => {
    expect(() => of(sources)).toThrow(
      expect.objectContaining({
        code: 'E-ENDPOINT',
        exit: 2,
        message: expect.stringContaining('NODE_TLS_REJECT_UNAUTHORIZED'),
        next: expect.stringContaining('--ca-bundle'),
      }),
    );
  });

  it('does not matter for loopback addresses, nor with another value', () => {
    expect(of({ env, flag: 'https://localhost:5000' })).toEqual(everywhere('https://localhost:5000'));
    expect(of({ env: { NODE_TLS_REJECT_UNAUTHORIZED: '1' } })).toEqual({});
  });
});

describe('an endpoint without encryption', () => {
  it.each([
    'http://127.0.0.1:5000',
    'http://127.255.255.254',
    'http://127.1:80',
    'http://localhost:4566',
    'http://LOCALHOST',
    'http://[::1]:5000',
    'http://[0:0:0:0:0:0:0:1]',
  ])('may be on this machine: %s', (url) => {
    expect(of({ flag: url })).toEqual(everywhere(url));
  });

  it.each([
    'http://iam.amazonaws.com',
    'http://128.0.0.1',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://localhost@example.com',
    'http://127.0.0.1@example.com:5000',
    'http://0.0.0.0:5000',
    'http://[::2]',
    'http://[::ffff:10.0.0.1]',
    'http://169.254.169.254',
    'ftp://127.0.0.1',
    'ws://127.0.0.1',
    'file:///etc/passwd',
  ])('is refused elsewhere: %s', (url) => {
    expect(() => of({ flag: url })).toThrow(expect.objectContaining({ code: 'E-ENDPOINT', exit: 2, changed: false }));
  });

  it('is refused from every source', () => {
    const url = 'http://example.com';
    for (const sources of [
      { env: { AWS_ENDPOINT_URL: url } },
      { env: { AWS_ENDPOINT_URL_CLOUDTRAIL: url } },
      { profile: { endpoint_url: url } },
      { profile: { 'services.budgets': url } },
    ]) {
      expect(() => of(sources)).toThrow(expect.objectContaining({ code: 'E-ENDPOINT' }));
    }
  });

  it.each(['STS', 'SSO', 'SSO_OIDC', 'SIGNIN'])('is refused for %s too, which signs in', (service) => {
    const env = { [`AWS_ENDPOINT_URL_${service}`]: 'http://example.com' };
    expect(() => of({ env })).toThrow(expect.objectContaining({ code: 'E-ENDPOINT' }));
    expect(() => of({ env, flag: 'https://one.example' })).toThrow(expect.objectContaining({ code: 'E-ENDPOINT' }));
    expect(() => of({ profile: { [`services.${service.toLowerCase()}`]: 'http://example.com' } })).toThrow(
      expect.objectContaining({ code: 'E-ENDPOINT' }),
    );
  });

  it('does no harm where it is ignored', () => {
    expect(of({ env: { AWS_ENDPOINT_URL: 'http://example.com', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' } })).toEqual({});
  });

  it.each(['', 'not a url', '127.0.0.1:5000', '/path', 'http://'])('that is no URL is named: "%s"', (url) => {
    expect(() => of({ flag: url })).toThrow(expect.objectContaining({ code: 'E-ENDPOINT', exit: 2 }));
  });

  it('shows no password that is in it', () => {
    expect(() => of({ flag: 'http://me:hidden@example.com' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hidden') }),
    );
  });
});

it('accepts no other host as this computer', () => {
  for (const host of ['127.0.0.1', '127.8.8.8', '::1', '[::1]', 'localhost']) expect(isLoopback(host)).toBe(true);
  for (const host of ['127.0.0', '127.0.0.1.2', '1270.0.0.1', 'x127.0.0.1', '1127.0.0.1', 'localhost.', 'xlocalhost', '', '::', '10.0.0.1'])
    expect(isLoopback(host)).toBe(false);
});

describe('an endpoint that is not AWS', () => {
  it.each([
    ['http://127.0.0.1:5000', 'http://127.0.0.1:5000'],
    ['https://key:secret@emulator.example:4566/path', 'https://emulator.example:4566'],
    ['https://amazonaws.com.example', 'https://amazonaws.com.example'],
    ['https://notamazonaws.com', 'https://notamazonaws.com'],
    ['https://vpce-0123-abc.iam.us-east-1.vpce.amazonaws.com', undefined],
    ['https://iam-fips.amazonaws.com', undefined],
    ['https://iam.cn-north-1.amazonaws.com.cn', undefined],
    ['https://organizations.us-east-1.api.aws', undefined],
    ['https://iam.eusc-de-east-1.amazonaws.eu', undefined],
  ])('%s is called %s', (url, name) => {
    expect(foreignEndpoints({ iam: url })).toEqual(name === undefined ? {} : { iam: name });
  });
});
