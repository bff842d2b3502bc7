import { greatestStep } from '../../../src-shared/domain/continuity.ts';
import { raise } from '../../../src-shared/result.ts';
import { effectiveClock } from '../ingest/effective-clock.ts';
import { refreshAllRegistries } from '../ingest/record-continuity.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { affectedSnapshots } from '../report/trust-impact.ts';
import type { ReadableDb } from '../store/database.ts';
import {
  findTrustIssuer,
  loadTrustStore,
  removeTrustIssuer,
  saveTrustIssuer,
  saveTrustStore,
  type TrustIssuer,
} from '../store/trust-queries.ts';
import { isFuture } from '../trust/decide-freshness.ts';
import { isMade, mergeTrust } from '../trust/merge-trust.ts';
import { readSignedTrust, type SignedTrust } from '../trust/trust-file.ts';
import type { Handler } from './context.ts';
import { nameOf } from './read-signing-keys.ts';
import { readText, requireIssuer } from './read-trust.ts';

/**
 * Takes over what an administrator's signed trust file says, in one transaction, or previews it. The issuer is pinned at first
 * contact, once his fingerprint was compared; afterwards the serial only grows, and nobody else is taken unless a person replaces
 * the issuer with another whose fingerprint was compared.
 */
export const trustImport: Handler<'trust.import'> = (context, input) => {
  const workspace = context.workspace();
  const now = context.clock.now();
  const file = nameOf(context, input.file);
  const signed = readSignedTrust(readText(context.grants.resolve(input.file)), file);
  for (const expected of [input.issuer, input.replaceIssuer])
    if (expected !== undefined) requireIssuer(signed, file, expected);
  const isReplacing = input.replaceIssuer !== undefined;
  const answer = (pinned: TrustIssuer | null) => ({
    issuer: signed.issuer,
    firstContact: pinned === null,
    serial: signed.document.serial,
    previousSerial: pinned?.serial ?? null,
    issuedAt: signed.document.issuedAt,
    keys: signed.document.trust.keys.length,
  });
  const judge = (db: ReadableDb) => {
    requireSaneNumbers(signed, new Date(effectiveClock(db, now).at), file);
    const pinned = findTrustIssuer(db);
    if (pinned && !isReplacing) requireContinuation(pinned, signed, file);
    const before = loadTrustStore(db);
    return { pinned, before, ...mergeTrust(before, signed.document, { now, widen: input.widen }) };
  };

  if (input.dryRun) {
    const { pinned, before, trust, changes } = judge(workspace.reader);
    const affected = affectedSnapshots(workspace.reader, before, trust);
    return { outcome: 'preview', ...answer(pinned), changes: [...changes], affected };
  }
  const db = workspace.writer;
  return db.transaction(() => {
    const { pinned, before, trust, changes } = judge(db);
    if (!pinned && !isReplacing && input.issuer === undefined) refuseFirstContact(signed, file);
    if (pinned?.payloadSha256 === signed.payloadSha256 && !changes.some(isMade))
      return { outcome: 'already_applied' as const, ...answer(pinned), changes: [], affected: [] };
    const affected = affectedSnapshots(db, before, trust);
    saveTrustStore(db, trust);
    if (isReplacing) removeTrustIssuer(db);
    saveTrustIssuer(db, issuerRow(signed, isReplacing ? null : pinned, now));
    refreshAllRegistries(db, effectiveClock(db, now).at, toInstant(now));
    appendActivity(
      workspace,
      {
        action: isReplacing ? 'trust.issuer_replaced' : 'trust.imported',
        summary: `Took over trust file ${signed.document.serial} of "${signed.issuer.name}"${isReplacing && pinned ? `, who replaces "${pinned.name}"` : ''}: ${changes.filter(isMade).length} changes`,
        details: {
          issuer: signed.issuer.name,
          fingerprint: signed.issuer.fingerprint,
          firstContact: pinned === null,
          ...(isReplacing ? { replacedKeyId: pinned?.keyId ?? null } : {}),
          serial: signed.document.serial,
          payloadSha256: signed.payloadSha256,
          changes: changes.map(({ kind, text }) => ({ kind, text })),
          affected: affected.map(({ snapshot, effect }) => ({ snapshot, effect })),
        },
      },
      now,
    );
    return { outcome: 'applied' as const, ...answer(pinned), changes: [...changes], affected };
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

/** One file must not use up the numbers and times of all later ones. Raises `trust` / `trust.leap`, `trust.future`. */
function requireSaneNumbers({ document: { serial, issuedAt } }: SignedTrust, clock: Date, file: string): void {
  if (serial > Number.MAX_SAFE_INTEGER - greatestStep)
    refuseFile(
      'leap',
      file,
      serial,
      `its serial ${serial} is at the end of all numbers, so that no later one could follow`,
    );
  if (isFuture(issuedAt, clock.getTime()))
    refuseFile(
      'future',
      file,
      serial,
      `it says it was issued at ${issuedAt}, which is in the future: a clock is wrong, here or there`,
    );
}

function refuseFile(code: string, file: string, serial: number, why: string): never {
  return raise(
    'trust',
    `trust.${code}`,
    `The trust file ${file} was not taken over: ${why}. The trust store is unchanged.`,
    { file, serial },
  );
}

/** Same issuer, and nothing older than what was taken. Raises `trust` / `trust.issuer_changed`, `.rollback`, `.equivocation`, `.leap`. */
function requireContinuation(pinned: TrustIssuer, signed: SignedTrust, file: string): void {
  const { serial } = signed.document;
  const refuse = (code: string, why: string): never => refuseFile(code, file, serial, why);
  if (pinned.keyId !== signed.issuer.keyId)
    refuse(
      'issuer_changed',
      `it is signed by "${signed.issuer.name}" with the fingerprint ${signed.issuer.fingerprint}, and this workspace takes trust files of "${pinned.name}" only, until somebody replaces that issuer`,
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
  if (serial - pinned.serial > greatestStep)
    refuse('leap', `its serial leaps from ${pinned.serial} to ${serial}, which would leave later ones no numbers`);
}

function refuseFirstContact({ issuer }: SignedTrust, file: string): never {
  return raise(
    'trust',
    'trust.issuer_unknown',
    `${file} is the first trust file here. It is signed by "${issuer.name}" with the fingerprint ${issuer.fingerprint}: compare it with the administrator over another channel, then give it as --issuer. Nothing was changed.`,
    { file, fingerprint: issuer.fingerprint },
  );
}
