/** Answers to requests: kept with their request, held to what was asked, and never a snapshot. */
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { redactSnapshot } from '../../../src-main/core/disclosure/redact.ts';
import { verifyRedacted } from '../../../src-main/core/disclosure/verify-proof.ts';
import { verifyActivity } from '../../../src-main/core/ledger/activity.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { askTest, describeAsk, missingFrom } from '../../../src-main/core/request/ask.ts';
import { verifySnapshot } from '../../../src-main/core/snapshot/verify.ts';
import { defaultSnapshots } from '../../../src-main/core/store/record-set.ts';
import { loadTrustStore, saveTrustedKey } from '../../../src-main/core/store/trust-queries.ts';
import { generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import { requestClose } from '../../../src-main/core/usecases/request-close.ts';
import { requestList } from '../../../src-main/core/usecases/request-list.ts';
import { requestShow } from '../../../src-main/core/usecases/request-show.ts';
import { forged, optionsFor, prove, refs, verify } from '../disclosure/fixture.ts';
import { bundle, cleanUp, importBundle, now, record, rowCount, temporaryFolder } from '../store/support.ts';
import { codeOf, type Lab, packAnswer, registered, registryId, requestLab } from './request-lab.ts';

afterEach(cleanUp);

const credit = { kind: 'model', id: 'credit' } as const;
const described = record('model', 'credit', { model_id: 'credit', model_name: 'Credit', description: 'Scores loans' });
const askCredit = (lab: Lab) => lab.ask({ records: [credit], reason: 'No description' });
const idsOf = ({ signed }: Awaited<ReturnType<typeof askCredit>>) => ({
  requestId: signed.document.requestId,
  requestSha256: signed.sha256,
});
const show = (lab: Lab, id: string) => requestShow(lab.context, { id }, silentJob);

describe('an answer', () => {
  it('is kept with its request, answers it, and shows what it brings against the registry', async () => {
    const lab = await requestLab();
    const asked = await askCredit(lab);
    const output = await lab.importFile(await packAnswer({ records: [described], answers: idsOf(asked) }));
    expect(output).toMatchObject({
      outcome: 'imported',
      snapshot: null,
      records: 1,
      answer: { state: 'answered', missing: { records: [], kinds: [] }, outside: 0 },
      kinds: [{ kind: 'model', records: 1, added: 0, changed: 1, removed: 0, unchanged: 0 }],
    });
    const detail = await show(lab, asked.detail.id);
    expect(detail).toMatchObject({ state: 'answered', overdue: false, recordsTotal: 1 });
    expect(detail.records[0]).toMatchObject({
      id: 'credit',
      compared: 'changed',
      fields: [{ field: 'description', before: '', after: 'Scores loans' }],
    });
  });

  it('changes nothing that reads snapshots', async () => {
    const lab = await requestLab();
    const db = lab.workspace.reader;
    const before = {
      sides: defaultSnapshots(db),
      snapshots: rowCount(lab.workspace, 'snapshot'),
      records: rowCount(lab.workspace, 'snapshot_record'),
    };
    const asked = await askCredit(lab);
    await lab.importFile(await packAnswer({ records: [described], answers: idsOf(asked) }));
    expect({
      sides: defaultSnapshots(db),
      snapshots: rowCount(lab.workspace, 'snapshot'),
      records: rowCount(lab.workspace, 'snapshot_record'),
    }).toEqual(before);
    const next = await bundle({ records: registered, sequence: 2 });
    expect((await importBundle(lab.workspace, next)).outcome).toBe('imported');
  });

  it('is never stored as a snapshot, whoever tries', async () => {
    const lab = await requestLab();
    const asked = await askCredit(lab);
    const path = await packAnswer({ records: [described], answers: idsOf(asked) });
    await expect(importBundle(lab.workspace, path)).rejects.toThrow('never stored as a snapshot');
    expect(rowCount(lab.workspace, 'snapshot')).toBe(1);
  });

  it('is previewed without a trace, and imported once', async () => {
    const lab = await requestLab();
    const asked = await askCredit(lab);
    const path = await packAnswer({ records: [described], answers: idsOf(asked) });
    const entries = rowCount(lab.workspace, 'activity');
    expect((await lab.importFile(path, true)).outcome).toBe('preview');
    expect(rowCount(lab.workspace, 'request_answer')).toBe(0);
    expect(rowCount(lab.workspace, 'activity')).toBe(entries);
    expect((await lab.importFile(path)).outcome).toBe('imported');
    expect((await lab.importFile(path)).outcome).toBe('already_imported');
    expect(rowCount(lab.workspace, 'request_answer')).toBe(1);
    expect(verifyActivity(lab.workspace.reader, lab.workspace.actors).ok).toBe(true);
  });

  it('is held to what was asked: the rest is counted and not kept', async () => {
    const lab = await requestLab();
    const asked = await askCredit(lab);
    const extra = [
      described,
      record('model', 'fraud', { model_id: 'fraud' }),
      record('dataset', 'x', { dataset_id: 'x' }),
    ];
    const output = await lab.importFile(await packAnswer({ records: extra, answers: idsOf(asked) }));
    expect(output.answer?.outside).toBe(2);
    expect(output.warnings.join()).toContain('2 records that were not asked for');
    expect(rowCount(lab.workspace, 'request_answer_record')).toBe(1);
  });

  it('leaves the request partly answered with what is missing, and a second answer completes it', async () => {
    const lab = await requestLab();
    const gone = { kind: 'dataset', id: 'gone' } as const;
    const asked = await lab.ask({ records: [credit, gone] });
    const first = await lab.importFile(
      await packAnswer({ records: [described], answers: { ...idsOf(asked), notFound: [gone] } }),
    );
    expect(first.answer).toMatchObject({ state: 'partly_answered', missing: { records: [gone] } });
    expect(first.warnings.join()).toContain('does not have dataset/gone');
    const second = await packAnswer({
      records: [record('dataset', 'gone', { dataset_id: 'gone' })],
      answers: idsOf(asked),
    });
    expect((await lab.importFile(second)).answer?.state).toBe('answered');
  });

  it('says that "not found" may mean "not read" where the sources were incomplete', async () => {
    const lab = await requestLab();
    const asked = await lab.ask({ kinds: ['dataset'], records: [credit] });
    const output = await lab.importFile(
      await packAnswer({
        records: [described, record('dataset', 'd', { dataset_id: 'd' })],
        answers: { ...idsOf(asked), sourcesComplete: false },
      }),
    );
    expect(output.answer?.missing.kinds).toEqual(['dataset']);
    expect(output.warnings.join()).toContain('not read completely');
  });
});

describe('an answer is refused', () => {
  const attempt = async (
    change: (ids: { requestId: string; requestSha256: string }) => { requestId: string; requestSha256: string },
    more: { registry?: string } = {},
  ) => {
    const lab = await requestLab();
    const asked = await askCredit(lab);
    const path = await packAnswer({ records: [described], answers: change(idsOf(asked)), ...more });
    const code = await codeOf(() => lab.importFile(path));
    expect(rowCount(lab.workspace, 'request_answer')).toBe(0);
    expect(rowCount(lab.workspace, 'request_answer_record')).toBe(0);
    expect(rowCount(lab.workspace, 'continuity_event')).toBe(0);
    const good = await packAnswer({ records: [described], answers: idsOf(asked) });
    expect((await lab.importFile(good)).outcome).toBe('imported');
    return code;
  };

  it('to a request that this workspace did not make', async () => {
    const code = await attempt((ids) => ({ ...ids, requestId: '3f2a91c0-0c5e-4d5f-9a3b-6d4f0a1b2c3d' }));
    expect(code).toBe('trust answer.unknown_request');
  });

  it('to a request with other content', async () => {
    expect(await attempt((ids) => ({ ...ids, requestSha256: '0'.repeat(64) }))).toBe('trust answer.other_request');
  });

  it('from another registry', async () => {
    expect(await attempt((ids) => ids, { registry: 'urn:uuid:other' })).toBe('trust answer.other_registry');
  });

  it('signed by a key that is not trusted', async () => {
    const lab = await requestLab();
    const asked = await askCredit(lab);
    const path = await packAnswer({
      records: [described],
      answers: idsOf(asked),
      key: generatePublisherKey().privateKey,
    });
    expect(await codeOf(() => lab.importFile(path))).toMatch(/^trust signer\./);
  });

  it('signed by a key of another registry, and says nothing about a chain', async () => {
    const lab = await requestLab();
    const [key] = loadTrustStore(lab.workspace.reader).keys;
    if (!key) throw new Error('no key');
    const asked = await askCredit(lab);
    saveTrustedKey(lab.workspace.writer, { ...key, registryIds: ['urn:uuid:other'] });
    const path = await packAnswer({ records: [described], answers: idsOf(asked) });
    expect(await codeOf(() => lab.importFile(path))).toBe('trust signer.out_of_scope');
    expect(rowCount(lab.workspace, 'continuity_event')).toBe(0);
  });

  it('signed by a revoked key, whatever sequence it gives itself', async () => {
    const lab = await requestLab();
    const [key] = loadTrustStore(lab.workspace.reader).keys;
    if (!key) throw new Error('no key');
    const asked = await askCredit(lab);
    saveTrustedKey(lab.workspace.writer, {
      ...key,
      revoked: { at: '2026-11-20T00:00:00Z', reason: 'stolen', accepted: [] },
    });
    const path = await packAnswer({ records: [described], answers: idsOf(asked) });
    expect(await codeOf(() => lab.importFile(path))).toBe('trust signer.revoked');
    expect(rowCount(lab.workspace, 'continuity_event')).toBe(0);
  });

  it('once a person has closed the request', async () => {
    const lab = await requestLab();
    const asked = await askCredit(lab);
    const path = await packAnswer({ records: [described], answers: idsOf(asked) });
    const closed = await requestClose(
      lab.context,
      { id: asked.detail.id.slice(0, 8), reason: 'No longer needed' },
      silentJob,
    );
    expect(closed).toMatchObject({ state: 'closed', closed: { reason: 'No longer needed', by: 'Ada Auditor' } });
    expect(await codeOf(() => lab.importFile(path))).toBe('refused answer.request_closed');
    expect(await codeOf(() => requestClose(lab.context, { id: asked.detail.id, reason: 'Again' }, silentJob))).toBe(
      'refused request.closed',
    );
  });

  it('with a record of the wrong shape', async () => {
    const lab = await requestLab();
    const asked = await askCredit(lab);
    const path = await packAnswer({
      records: [record('model', 'credit', { model_id: 'credit', model_name: 7 })],
      answers: idsOf(asked),
    });
    expect(await codeOf(() => lab.importFile(path))).toBe('input record.wrong_type');
    expect(rowCount(lab.workspace, 'request_answer_record')).toBe(0);
  });
});

describe('a request', () => {
  it('names the registry that holds the record, and refuses what it cannot place', async () => {
    const lab = await requestLab();
    expect((await askCredit(lab)).signed.document.registry).toEqual({
      id: registryId,
      name: 'Registry One',
      role: 'registry',
    });
    expect(await codeOf(() => lab.ask({}))).toBe('usage request.nothing_asked');
    expect(await codeOf(() => lab.ask({ kinds: ['model'], registryId: 'urn:uuid:nobody' }))).toBe(
      'usage request.unknown_registry',
    );
    expect(await codeOf(() => lab.ask({ kinds: ['model'], filters: [{ field: 'nope', op: 'empty' }] }))).toBe(
      'usage request.unknown_field',
    );
    expect(requestList(lab.context, {}, silentJob)).toMatchObject({ requests: [{ state: 'open' }] });
  });

  it('carries no value of any record', async () => {
    const lab = await requestLab();
    const { signed } = await lab.ask({ records: [{ kind: 'model', id: 'fraud' }] });
    expect(signed.payload.toString()).not.toContain('Finds fraud');
  });

  it('is overdue from the day after its due date', async () => {
    const lab = await requestLab();
    await lab.ask({ records: [credit], due: '2026-11-23' });
    await lab.ask({ records: [credit], due: '2026-11-22' });
    const { requests } = await requestList(lab.context, {}, silentJob);
    expect(new Map(requests.map(({ due, overdue }) => [due, overdue]))).toEqual(
      new Map([
        ['2026-11-23', false],
        ['2026-11-22', true],
      ]),
    );
  });
});

describe('what an answer is taken for', () => {
  const only = async () => {
    const lab = await requestLab();
    const asked = await askCredit(lab);
    const file = await packAnswer({ records: [described], answers: idsOf(asked) });
    return { lab, file, requestId: asked.signed.document.requestId, trust: loadTrustStore(lab.workspace.reader) };
  };

  it('is said wherever it is verified: part of a registry, not a whole snapshot', async () => {
    const { file, requestId, trust } = await only();
    const { verification } = await verifySnapshot(file, { trust, now, job: silentJob });
    expect(verification).toMatchObject({ ok: true, content: { state: 'pass' } });
    expect(verification.content.text).toContain(`An answer to request ${requestId}, not a whole snapshot.`);
    const { bytes } = await prove(file, ['model/credit']);
    const proof = await verify(bytes, trust);
    expect(proof).toMatchObject({ ok: true, shown: 1 });
    expect(proof.content.text).toContain(`An answer to request ${requestId}, not a whole snapshot.`);
    expect(proof.content.text).toContain('is in the signed answer');
    const out = join(temporaryFolder(), 'shown.assay');
    await redactSnapshot({ file, out, keep: ['*'], evidence: 'none', by: '', now, job: silentJob });
    const redacted = await verifyRedacted(out, 'shown.assay', optionsFor(trust));
    expect(redacted.content.text).toContain('An answer to request');
  });

  it('shows no absence: what nobody asked for may exist all the same', async () => {
    const { file, trust } = await only();
    expect(await codeOf(() => prove(file, [], ['model/fraud']))).toBe('trust proof.partial');
    const { proof } = await prove(file, ['model/credit']);
    for (const absent of ['model/fraud', 'dataset/loans']) {
      const claim = forged(proof, (draft) => (draft['absent'] = refs(absent)));
      expect(await verify(claim, trust)).toMatchObject({
        ok: false,
        content: { state: 'fail', code: 'proof.partial' },
        records: [],
        absent: [],
      });
    }
  });

  it('does not answer for a kind with the record that was named', async () => {
    const lab = await requestLab();
    const asked = await lab.ask({ kinds: ['model'], records: [credit] });
    const ids = { requestId: asked.signed.document.requestId, requestSha256: asked.signed.sha256 };
    const first = await lab.importFile(await packAnswer({ records: [described], answers: ids }));
    expect(first.answer).toMatchObject({ state: 'partly_answered', missing: { records: [], kinds: ['model'] } });
    const all = [described, record('model', 'fraud', { model_id: 'fraud' })];
    const second = await lab.importFile(await packAnswer({ records: all, answers: ids }));
    expect(second.answer).toMatchObject({ state: 'answered' });
  });

  it('has the last word by when it was made, not by when it was imported', async () => {
    const lab = await requestLab();
    const asked = await askCredit(lab);
    const answer = (name: string, createdAt: Date) =>
      packAnswer({
        records: [record('model', 'credit', { model_id: 'credit', model_name: name })],
        answers: idsOf(asked),
        createdAt,
      });
    await lab.importFile(await answer('Newer', now));
    await lab.importFile(await answer('Older', new Date(now.getTime() - 86_400_000)));
    expect((await show(lab, asked.detail.id)).records).toMatchObject([{ name: 'Newer' }]);
  });
});

describe('a chain of snapshots', () => {
  it('neither continues from an answer nor ends in one', async () => {
    const lab = await requestLab();
    const asked = await askCredit(lab);
    const previousPath = await packAnswer({ records: [described], answers: idsOf(asked) });
    expect(await codeOf(() => bundle({ records: registered, previousPath }))).toBe('usage pack.answer_in_chain');
  });
});

describe('what was asked', () => {
  const ask = {
    kinds: ['model' as const],
    filters: [{ field: 'owner', op: 'empty' as const, values: [] }],
    records: [credit],
  };

  it('is the named records and the kinds that every filter lets through', () => {
    const asked = askTest(ask);
    expect(asked({ kind: 'model', id: 'a', body: {} })).toBe(true);
    expect(asked({ kind: 'model', id: 'a', body: { owner: 'Risk' } })).toBe(false);
    expect(asked({ kind: 'model', id: 'credit', body: { owner: 'Risk' } })).toBe(true);
    expect(asked({ kind: 'dataset', id: 'credit', body: {} })).toBe(false);
    expect(describeAsk(ask)).toBe('model/credit; every model whose owner is empty');
  });

  it('is missing until a record came, and a kind until all of it can have come', () => {
    const answers = { requestId: '', requestSha256: '', notFound: [], emptyKinds: [], sourcesComplete: false };
    expect(missingFrom(ask, [])).toEqual({ records: [credit], kinds: ['model'] });
    expect(missingFrom(ask, [{ records: [credit], answers }])).toEqual({ records: [], kinds: ['model'] });
    const complete = { ...answers, sourcesComplete: true };
    const other = { kind: 'model' as const, id: 'other' };
    expect(missingFrom(ask, [{ records: [other], answers }]).kinds).toEqual(['model']);
    expect(missingFrom(ask, [{ records: [credit, other], answers: complete }])).toEqual({ records: [], kinds: [] });
    expect(missingFrom(ask, [{ records: [], answers: { ...answers, sourcesComplete: true } }]).kinds).toEqual([
      'model',
    ]);
  });
});
