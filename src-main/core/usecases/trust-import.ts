import { raise } from '../../../src-shared/result.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import {
  findTrustIssuer,
  loadTrustStore,
  saveTrustIssuer,
  saveTrustStore,
  type TrustIssuer,
} from '../store/trust-queries.ts';
import { mergeTrust } from '../trust/merge-trust.ts';
import { readSignedTrust, type SignedTrust } from '../trust/trust-file.ts';
import type { Handler } from './context.ts';
import { nameOf } from './read-signing-keys.ts';
import { readText, requireIssuer } from './read-trust.ts';

/**
 * Takes over what an administrator's signed trust file says, in one transaction, or previews it. The issuer is pinned at first
 * contact, once his fingerprint was compared; afterwards the serial only grows and nobody else is taken.
 */
export const trustImport: Handler<'trust.import'> = (context, input) => {
  const workspace = context.workspace();
  const now = context.clock.now();
  const file = nameOf(context, input.file);
  const signed = readSignedTrust(readText(context.grants.resolve(input.file)), file);
  if (input.issuer !== undefined) requireIssuer(signed, file, input.issuer);
  const answer = (pinned: TrustIssuer | null) => ({
    issuer: signed.issuer,
    firstContact: pinned === null,
    serial: signed.document.serial,
    previousSerial: pinned?.serial ?? null,
    issuedAt: signed.document.issuedAt,
    keys: signed.document.trust.keys.length,
  });

  if (input.dryRun) {
    const pinned = findTrustIssuer(workspace.reader);
    if (pinned) requireContinuation(pinned, signed, file);
    const { changes } = mergeTrust(loadTrustStore(workspace.reader), signed.document, now);
    return { outcome: 'preview', ...answer(pinned), changes: [...changes] };
  }
  const db = workspace.writer;
  return db.transaction(() => {
    const pinned = findTrustIssuer(db);
    if (pinned) requireContinuation(pinned, signed, file);
    else if (input.issuer === undefined) refuseFirstContact(signed, file);
    if (pinned?.payloadSha256 === signed.payloadSha256)
      return { outcome: 'already_applied' as const, ...answer(pinned), changes: [] };
    const { trust, changes } = mergeTrust(loadTrustStore(db), signed.document, now);
    saveTrustStore(db, trust);
    saveTrustIssuer(db, issuerRow(signed, pinned, now));
    appendActivity(
      workspace,
      {
        action: 'trust.imported',
        summary: `Took over trust file ${signed.document.serial} of "${signed.issuer.name}": ${changes.filter(({ kind }) => kind !== 'kept').length} changes`,
        details: {
          issuer: signed.issuer.name,
          fingerprint: signed.issuer.fingerprint,
          firstContact: pinned === null,
          serial: signed.document.serial,
          payloadSha256: signed.payloadSha256,
          changes: changes.map(({ kind, text }) => ({ kind, text })),
        },
      },
      now,
    );
    return { outcome: 'applied' as const, ...answer(pinned), changes: [...changes] };
  });
};

function issuerRow({ issuer, document, payloadSha256 }: SignedTrust, pinned: TrustIssuer | null, now: Date) {
  return {
    keyId: issuer.keyId,
    name: pinned?.name ?? issuer.name,
    rawBytes: document.issuer.rawBytes,
    serial: document.serial,
    payloadSha256,
    issuedAt: document.issuedAt,
    pinnedAt: pinned?.pinnedAt ?? toInstant(now),
  };
}

/** Same issuer, and nothing older than what was taken. Raises `trust` / `trust.issuer_changed`, `.rollback`, `.equivocation`. */
function requireContinuation(pinned: TrustIssuer, signed: SignedTrust, file: string): void {
  const { serial } = signed.document;
  const refuse = (code: string, why: string): never =>
    raise(
      'trust',
      `trust.${code}`,
      `The trust file ${file} was not taken over: ${why}. The trust store is unchanged.`,
      {
        file,
        serial,
        pinned: pinned.serial,
      },
    );
  if (pinned.keyId !== signed.issuer.keyId)
    refuse(
      'issuer_changed',
      `it is signed by "${signed.issuer.name}" with the fingerprint ${signed.issuer.fingerprint}, and this workspace takes trust files of "${pinned.name}" only`,
    );
  if (serial < pinned.serial)
    refuse(
      'rollback',
      `its serial is ${serial} and ${pinned.serial} was already taken; an older file could hide a revocation`,
    );
  if (serial === pinned.serial && signed.payloadSha256 !== pinned.payloadSha256)
    refuse(
      'equivocation',
      `another file with the serial ${serial} was already taken: its issuer says two things at once`,
    );
}

function refuseFirstContact({ issuer }: SignedTrust, file: string): never {
  return raise(
    'trust',
    'trust.issuer_unknown',
    `${file} is the first trust file here. It is signed by "${issuer.name}" with the fingerprint ${issuer.fingerprint}: compare it with the administrator over another channel, then give it as --issuer. Nothing was changed.`,
    { file, fingerprint: issuer.fingerprint },
  );
}
