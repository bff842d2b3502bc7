import { raise } from '../../../src-shared/result.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { knownCertificates } from '../store/report-queries.ts';
import { loadTrustStore, takeExportSerial } from '../store/trust-queries.ts';
import type { OpenWorkspace } from '../store/workspace.ts';
import { writeEnvelope } from '../trust/envelope.ts';
import { describePublicKey } from '../trust/keys.ts';
import { trustDocumentType } from '../trust/trust-file.ts';
import { formatTrustStore } from '../trust/trust-store.ts';
import type { Handler } from './context.ts';
import { writeWholeFile } from './write-whole-file.ts';

/** Writes the trust store to a file, signed by the administrator or plain. It holds public keys only. */
export const trustExport: Handler<'trust.export'> = async (context, { file, plain }) => {
  const workspace = context.workspace();
  const path = context.grants.resolve(file);
  const now = context.clock.now();
  return plain ? writePlain(workspace, path, now) : writeSigned(workspace, path, now);
};

async function writePlain(workspace: OpenWorkspace, path: string, now: Date) {
  const trust = loadTrustStore(workspace.reader);
  await writeWholeFile(path, formatTrustStore(trust));
  if (!workspace.readOnly) {
    appendActivity(
      workspace,
      {
        action: 'trust.exported',
        summary: `Wrote ${trust.keys.length} trusted keys to an unsigned file`,
        details: { keys: trust.keys.length, signed: false },
      },
      now,
    );
  }
  return { keys: trust.keys.length, signed: false, serial: null, issuer: null };
}

/** The serial is taken before the file is written: a number that was lost is better than one that was used twice. */
async function writeSigned(workspace: OpenWorkspace, path: string, now: Date) {
  const { user, signing } = workspace;
  if (user.role !== 'administrator') {
    raise(
      'refused',
      'trust.not_administrator',
      `Only an administrator signs trust files, and "${user.name}" is here as ${user.role}; nothing was written. Write an unsigned one with --plain.`,
      { role: user.role },
    );
  }
  const { keyId, fingerprint, rawBytes } = describePublicKey(signing.p256);
  const db = workspace.writer;
  const { text, serial, keys } = db.transaction(() => {
    const trust = loadTrustStore(db);
    const serial = takeExportSerial(db);
    const document = {
      schemaVersion: 1 as const,
      serial,
      issuedAt: toInstant(now),
      issuer: { name: user.name, rawBytes, certificate: base64(signing.certificate) },
      reportCertificates: knownCertificates(db)
        .map(base64)
        .filter((certificate) => certificate !== base64(signing.certificate)),
      trust,
    };
    appendActivity(
      workspace,
      {
        action: 'trust.exported',
        summary: `Signed the trust store as trust file ${serial}: ${trust.keys.length} keys`,
        details: { keys: trust.keys.length, signed: true, serial, fingerprint },
      },
      now,
    );
    return { text: writeEnvelope(document, trustDocumentType, [signing.p256]), serial, keys: trust.keys.length };
  });
  await writeWholeFile(path, text);
  return { keys, signed: true, serial, issuer: { name: user.name, keyId, fingerprint } };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
