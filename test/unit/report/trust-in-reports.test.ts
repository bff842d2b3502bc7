/** Trust as reports show it, and a signed trust file as what a report is verified by. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { silentJob } from '../../../src-main/core/ports.ts';
import { reportModelSchema } from '../../../src-main/core/report/model.ts';
import { reportBuild } from '../../../src-main/core/usecases/report-build.ts';
import { reportReadiness } from '../../../src-main/core/usecases/report-readiness.ts';
import { reportSign } from '../../../src-main/core/usecases/report-sign.ts';
import { reportVerify } from '../../../src-main/core/usecases/report-verify.ts';
import { trustConfirm } from '../../../src-main/core/usecases/trust-confirm.ts';
import { trustExport } from '../../../src-main/core/usecases/trust-export.ts';
import { contract } from '../../../src-shared/contract/contract.ts';
import { codeOf, sessionOf, type TestSession } from '../../support/session.ts';
import {
  bundle,
  cleanUp,
  importBundle,
  now,
  record,
  temporaryFolder,
  testWorkspace,
  trustPublisher,
} from '../store/support.ts';

afterEach(cleanUp);

const audit = { template: 'internal-audit', classification: 'Internal' } as const;

async function imported() {
  const { workspace } = await testWorkspace();
  trustPublisher(workspace);
  await importBundle(workspace, await bundle({ records: [record('model', 'm1', { model_name: 'Credit' })] }));
  return workspace;
}

/** The lines that the report prints about its only snapshot, by label. */
function printedLines({ context }: TestSession, id: number) {
  const [row] = context
    .workspace()
    .reader.read<[number], { model: string }>('SELECT model FROM report WHERE report_id = ?')
    .all(id);
  const { snapshots } = reportModelSchema.parse(JSON.parse(z.string().parse(row?.model)));
  return new Map(snapshots.flatMap(({ checks }) => checks.map(({ label, line }) => [label, line])));
}

describe('when a report shows how its evidence was verified', () => {
  it('the three questions and the container stand apart, with what they rest on', async () => {
    const session = sessionOf(await imported(), now);
    const { id } = await reportBuild(session.context, audit, silentJob);
    const lines = printedLines(session, id);
    expect([...lines.keys()].slice(0, 4)).toEqual(['Content', 'Signer', 'Freshness', 'Container']);
    expect(lines.get('Signer')?.text).toContain('Distinct keys accepted: 1 of 1 needed.');
    expect(lines.get('Freshness')?.text).toMatch(
      /Judged by this computer's clock, .* The trust store last changed at .* Revocation unknown since 2026-11-01T00:00:00Z/,
    );
  });

  it('trust roots that grew old since the import warn, until the publisher was asked', async () => {
    const workspace = await imported();
    const later = sessionOf(workspace, new Date('2027-06-01T00:00:00Z'));
    const built = await reportBuild(later.context, audit, silentJob);
    expect(printedLines(later, built.id).get('Freshness')).toMatchObject({
      state: 'warn',
      code: 'freshness.trust_stale',
    });
    const worries = async () =>
      (await reportReadiness(later.context, { template: 'internal-audit' }, silentJob)).lines.filter(({ text }) =>
        text.includes('longer than 90 days'),
      );
    expect(await worries()).toMatchObject([{ level: 'note' }]);
    await trustConfirm(later.context, {}, silentJob);
    expect(await worries()).toEqual([]);
    const again = await reportBuild(later.context, audit, silentJob);
    expect(printedLines(later, again.id).get('Freshness')).toMatchObject({ state: 'pass' });
  });
});

describe('when a report is verified by a signed trust file', () => {
  async function signedReport() {
    const session = sessionOf(await imported(), now);
    const { id } = await reportBuild(session.context, audit, silentJob);
    const [report, trust] = [join(temporaryFolder(), 'report.pdf'), join(temporaryFolder(), 'trust.json')];
    await reportSign(session.context, { id, file: session.grant(report) }, silentJob);
    await trustExport(session.context, { file: session.grant(trust), plain: false }, silentJob);
    return { session, report, trust };
  }
  const verify = async (report: string, trust: string, issuer?: string) => {
    const outside = sessionOf(null, now);
    const input = {
      file: outside.grant(report),
      trust: outside.grant(trust),
      ...(issuer === undefined ? {} : { issuer }),
    };
    return contract['report.verify'].output.parse(await reportVerify(outside.context, input, silentJob));
  };

  it('its issuer is believed and named, without a workspace', async () => {
    const { report, trust } = await signedReport();
    const result = await verify(report, trust);
    expect(result).toMatchObject({ identity: { state: 'pass' }, trust: { kind: 'signed_file', serial: 1 } });
    expect(result.trust?.text).toContain('signed by "Ada Auditor"');
    expect((await verify(report, trust, result.trust?.issuer?.fingerprint)).identity.state).toBe('pass');
    expect(await codeOf(() => verify(report, trust, 'ab'.repeat(32)))).toBe('trust trust.issuer_mismatch');
  });

  it("another administrator's file does not know the signer, and a plain one knows nobody who signs reports", async () => {
    const { session, report, trust } = await signedReport();
    const other = sessionOf(await imported(), now);
    const theirs = join(temporaryFolder(), 'theirs.json');
    await trustExport(other.context, { file: other.grant(theirs), plain: false }, silentJob);
    expect(await verify(report, theirs)).toMatchObject({ ok: false, identity: { state: 'fail' } });
    await trustExport(session.context, { file: session.grant(trust), plain: true }, silentJob);
    expect(await codeOf(() => verify(report, trust))).toBe('input trust.no_certificate');
    writeFileSync(trust, '{}');
    expect(await codeOf(() => verify(report, trust))).toBe('input trust.no_certificate');
  });
});
