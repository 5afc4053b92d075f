import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { testFolder } from '../support/test-folder.js';
import { boundaryThrough, identityXml } from './fake-aws.js';

/** A server with a certificate of its own, such as a company proxy has. */
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});
const serverWithOwnCertificate = async () => {
  const folder = testFolder();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key];
  execFileSync('openssl', ['req', '-x509', ...newKey, '-out', cert, '-days', '2', ...subject], { stdio: 'pipe' });
  let connections = 0;
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) => {
    response.setHeader('content-type', 'text/xml');
    response.end(identityXml('111122223333').body);
  });
  server.on('secureConnection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, cert, connections: () => connections };
};

describe('the certificate of a server that this computer does not trust', () => {
  it('is accepted if it is in the CA bundle, and the connection is used again', async () => {
    const { url, cert, connections } = await serverWithOwnCertificate();
    const { cloud, forget } = boundaryThrough(undefined as never, { endpoints: { sts: url }, caBundle: cert });
    expect(await cloud.read('sts:GetCallerIdentity', {})).toMatchObject({ ok: true, value: { Account: '111122223333' } });
    forget();
    expect(await cloud.read('sts:GetCallerIdentity', {})).toMatchObject({ ok: true });
    expect(connections()).toBe(1);
  });

  it.each(['without a bundle', 'with a bundle of another certificate'])('is not accepted %s', async (how) => {
    const { url } = await serverWithOwnCertificate();
    const caBundle = how.startsWith('without') ? undefined : (await serverWithOwnCertificate()).cert;
    const { cloud } = boundaryThrough(undefined as never, { endpoints: { sts: url }, caBundle });
    expect(await cloud.read('sts:GetCallerIdentity', {})).toMatchObject({
      ok: false,
      cause: 'unreachable',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });
});
