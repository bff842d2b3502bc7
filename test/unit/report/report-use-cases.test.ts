/** Signing, verifying and replaying through the handlers, against a real workspace that recorded the report. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex, toJcs } from '../../../src-main/core/canonical-json.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { composeReconciliationCertificate } from '../../../src-main/core/report/compose-reconciliation-certificate.ts';
import { modelDigest } from '../../../src-main/core/report/model.ts';
import { renderReport } from '../../../src-main/core/report/render.ts';
import { signReport } from '../../../src-main/core/report/sign.ts';
import { insertReport, previousCertificate } from '../../../src-main/core/store/report-queries.ts';
import { reportBuild } from '../../../src-main/core/usecases/report-build.ts';
import { reportReplay } from '../../../src-main/core/usecases/report-replay.ts';
import { reportSign } from '../../../src-main/core/usecases/report-sign.ts';
import { reportVerify } from '../../../src-main/core/usecases/report-verify.ts';
import { contract } from '../../../src-shared/contract/contract.ts';
import { codeOf, sessionOf, type TestSession } from '../../support/session.ts';
import { cleanUp, now, temporaryFolder, testWorkspace } from '../store/support.ts';
import { reportInputs } from './fixtures.ts';
import { testSigner } from './keys.ts';

const model = composeReconciliationCertificate(reportInputs());
const generatedAt = new Date('2026-11-23T11:00:00Z');
let base: Uint8Array;
beforeAll(async () => {
  base = (await renderReport(model, { generatedAt })).pdf;
});
afterEach(cleanUp);

/** A workspace with the report as `report.build` stores it, and a file to write it to. */
async function stored() {
  const { workspace } = await testWorkspace();
  const id = insertReport(workspace.writer, {
    template: 'reconciliation-certificate',
    title: model.title,
    builtAt: '2026-11-23T11:00:00Z',
    builtBy: workspace.user.name,
    asOf: '2026-11-20T08:00:00Z',
    pages: 1,
    sha256: sha256Hex(base),
    modelDigest: modelDigest(model),
    model: toJcs(model),
    conclusion: model.conclusion.text,
    pdf: base,
  });
  return { session: sessionOf(workspace, now), workspace, id, path: join(temporaryFolder(), 'report.pdf') };
}
const verify = async ({ context, grant }: TestSession, path: string) =>
  contract['report.verify'].output.parse(await reportVerify(context, { file: grant(path) }, silentJob));
const replay = async ({ context }: TestSession, input: Parameters<typeof reportReplay>[1]) =>
  contract['report.replay'].output.parse(await reportReplay(context, input, silentJob));

describe('when a report of this workspace is verified', () => {
  it('says that it is the very file that was stored, by file and by number', async () => {
    const { session, id, path } = await stored();
    await reportSign(session.context, { id, file: session.grant(path) }, silentJob);
    const result = await verify(session, path);
    expect(result).toMatchObject({ ok: true, content: { state: 'pass', code: 'content.recorded_file' } });
    expect(await reportVerify(session.context, { id }, silentJob)).toEqual(result);
  });

  it('notices that the signature was cut off, although the rest is a whole report', async () => {
    const { session, id, path } = await stored();
    await reportSign(session.context, { id, file: session.grant(path) }, silentJob);
    writeFileSync(path, readFileSync(path).subarray(0, base.length));
    const result = await verify(session, path);
    expect(result).toMatchObject({
      ok: false,
      integrity: { state: 'fail', code: 'integrity.unsigned' },
      content: { state: 'fail', code: 'content.other_file' },
    });
    expect(result.content.text).toMatch(/signed here as report 1, in another file \(SHA-256 [0-9a-f]{64}\)/);
  });

  it('notices the same content signed by somebody else, even with a certificate that is believed', async () => {
    const { session, id, path } = await stored();
    await reportSign(session.context, { id }, silentJob);
    const other = await testSigner('Somebody Else');
    const pdf = await signReport(base, { ...other, name: 'Somebody Else', reason: 'Issued', signedAt: now });
    writeFileSync(path, pdf);
    const pem = join(temporaryFolder(), 'other.pem');
    const lines =
      Buffer.from(other.certificate)
        .toString('base64')
        .match(/.{1,64}/g) ?? [];
    writeFileSync(pem, `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`);
    const input = { file: session.grant(path), trust: session.grant(pem) };
    const result = await reportVerify(session.context, input, silentJob);
    expect(result).toMatchObject({
      ok: false,
      integrity: { state: 'pass' },
      identity: { state: 'pass' },
      content: { state: 'fail', code: 'content.other_file' },
    });
    // The same answers without a workspace: the file itself is sound.
    const alone = sessionOf(null, now);
    const elsewhere = { file: alone.grant(path), trust: alone.grant(pem) };
    expect(await reportVerify(alone.context, elsewhere, silentJob)).toMatchObject({
      ok: true,
      content: { code: 'content.agrees' },
    });
  });

  it('says where the signature was added elsewhere, and where the report is not of this workspace', async () => {
    const { session, workspace, path } = await stored();
    const own = { privateKey: workspace.signing.p256, certificate: workspace.signing.certificate, name: 'Ada Auditor' };
    writeFileSync(path, await signReport(base, { ...own, reason: 'Issued', signedAt: now }));
    expect(await verify(session, path)).toMatchObject({
      ok: true,
      content: { state: 'warn', code: 'content.signed_elsewhere' },
    });
    const another = sessionOf((await testWorkspace()).workspace, now);
    expect(await verify(another, path)).toMatchObject({
      identity: { state: 'fail' },
      content: { state: 'warn', code: 'content.not_recorded' },
    });
  });
});

describe('when certificates are built one after the other', () => {
  it('names the signed one before in the next one, and writes files for their owner only', async () => {
    const { session, path, workspace } = await stored();
    await reportSign(session.context, { id: 1, file: session.grant(path) }, silentJob);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(previousCertificate(workspace.reader)).toEqual({
      reportId: model.cover.reportId,
      modelDigest: modelDigest(model),
    });
    const build = { template: 'reconciliation-certificate', classification: 'Internal' } as const;
    const second = await reportBuild(session.context, build, silentJob);
    await reportSign(session.context, { id: second.id }, silentJob);
    const third = await reportBuild(session.context, build, silentJob);
    expect(third.id).toBe(3);
    expect(previousCertificate(workspace.reader)?.modelDigest).toBe(second.modelDigest);
  });
});

describe('when a report is replayed', () => {
  it('says exactly what was rendered again, and whether the workspace knows the data', async () => {
    const { session, id, path } = await stored();
    await reportSign(session.context, { id, file: session.grant(path) }, silentJob);
    const bytes = readFileSync(path).length;
    const byNumber = await replay(session, { id });
    expect(byNumber).toMatchObject({
      ok: true,
      result: { state: 'pass' },
      record: { state: 'pass', code: 'record.known' },
      modelDigest: modelDigest(model),
    });
    expect(byNumber.replayed).toContain(`the first ${base.length} of ${bytes} bytes`);
    expect(byNumber.notReplayed).toContain('not derived again from the snapshots');
    const alone = sessionOf(null, now);
    expect(await replay(alone, { file: alone.grant(path) })).toEqual({
      ...byNumber,
      record: { state: 'unknown', code: 'record.not_asked', text: expect.any(String) },
    });
    const another = sessionOf((await testWorkspace()).workspace, now);
    expect((await replay(another, { file: another.grant(path) })).record.code).toBe('record.unknown');
  });

  it('fails on a file that is no report, and asks for one where none is named', async () => {
    const { session, path } = await stored();
    writeFileSync(path, '%PDF-1.7');
    expect(await replay(session, { file: session.grant(path) })).toMatchObject({
      ok: false,
      result: { state: 'fail' },
      replayed: 'Nothing was rendered again.',
    });
    expect(await codeOf(() => reportReplay(session.context, {}, silentJob))).toBe('usage report.not_named');
    expect(await codeOf(() => reportReplay(session.context, { file: session.grant('nowhere') }, silentJob))).toBe(
      'input report.unreadable',
    );
  });
});

describe('when a report is to be signed with a file that is no PKCS#12', () => {
  it('is refused, and stays unsigned', async () => {
    const { session, id, path } = await stored();
    writeFileSync(path, 'no certificate');
    const p12 = { file: session.grant(path), passphrase: 'secret' };
    expect(await codeOf(() => reportSign(session.context, { id, p12 }, silentJob))).toBe('input p12.malformed');
    writeFileSync(path, Buffer.alloc(2 * 1024 * 1024));
    expect(await codeOf(() => reportSign(session.context, { id, p12 }, silentJob))).toBe('input p12.too_large');
    expect((await reportSign(session.context, { id }, silentJob)).signer).toBe('Ada Auditor');
  });
});
