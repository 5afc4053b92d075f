import type { Behaviours } from '../../behaviour.js';
import { absent, date, implicitUser, listing } from './entities.js';

/** Of root only: no user of the practice account has one. */
export const signingCertificates: Behaviours = {
  ListSigningCertificates(input, scene) {
    const owned = implicitUser(input.UserName, scene) === 'root' ? (scene.account.root.signingCertificates ?? []) : [];
    const shapes = owned.map(({ id, status, uploadedAt }) => ({
      UserName: '<root_account>',
      CertificateId: id,
      CertificateBody: '-----BEGIN CERTIFICATE-----\npractice\n-----END CERTIFICATE-----',
      Status: status,
      UploadDate: date(uploadedAt),
    }));
    return listing('Certificates', shapes, input);
  },

  DeleteSigningCertificate(input, scene) {
    const { root } = scene.account;
    const owned = implicitUser(input.UserName, scene) === 'root' ? (root.signingCertificates ?? []) : [];
    if (!owned.some(({ id }) => id === input.CertificateId)) absent(`The Certificate with id ${input.CertificateId} cannot be found.`);
    root.signingCertificates = owned.filter(({ id }) => id !== input.CertificateId);
    return {};
  },
};
