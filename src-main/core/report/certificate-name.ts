/** What people call the holder of a certificate. */
import type { X509Certificate } from 'node:crypto';

/** Common name of the subject; the whole subject where it has none. */
export const commonName = (certificate: X509Certificate): string =>
  /(?:^|\n)CN=([^\n]*)/.exec(certificate.subject)?.[1] ?? certificate.subject;
