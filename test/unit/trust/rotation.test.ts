/** Key rotation: the old threshold decides, new keys show that they are held, and nothing is applied twice (TUF 5.3). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { silentJob } from '../../../src-main/core/ports.ts';
import {
  lastRotationSerial,
  loadTrustStore,
  saveThreshold,
  saveTrustedKey,
} from '../../../src-main/core/store/trust-queries.ts';
import { cosignRotation, type Rotation, readRotation, writeRotation } from '../../../src-main/core/trust/rotation.ts';
import { isInScope, refusalOf } from '../../../src-main/core/trust/trust-store.ts';
import { activityList } from '../../../src-main/core/usecases/activity-list.ts';
import { trustRotateApply } from '../../../src-main/core/usecases/trust-rotate-apply.ts';
import { contract } from '../../../src-shared/contract/contract.ts';
import type { TrustedKey } from '../../../src-shared/domain/trust.ts';
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
import { type LabKey, labKey, registryId } from './policy-lab.ts';

afterEach(cleanUp);

interface Options {
  readonly threshold?: number;
  readonly own?: number;
}
async function trusting(keys: readonly LabKey[], { threshold = 1, own }: Options = {}): Promise<TestSession> {
  const { workspace } = await testWorkspace();
  for (const { trusted } of keys) saveTrustedKey(workspace.writer, trusted);
  saveThreshold(workspace.writer, threshold);
  if (own !== undefined) saveThreshold(workspace.writer, own, registryId);
  return sessionOf(workspace, now);
}

const rotation = (
  change: { add?: readonly LabKey[]; retire?: readonly (readonly [LabKey, number])[] } & Partial<Rotation>,
): Rotation => {
  const { add = [], retire = [], ...rest } = change;
  return {
    schemaVersion: 1,
    registryId,
    serial: 1,
    createdAt: '2026-11-22T00:00:00Z',
    threshold: 1,
    addKeys: add.map(({ trusted: { hint, rawBytes, label } }) => ({ hint, rawBytes, label, validFor: {} })),
    retireKeys: retire.map(([{ trusted }, lastSequence]) => ({ hint: trusted.hint, lastSequence })),
    ...rest,
  };
};
const sign = (document: Rotation, ...keys: readonly LabKey[]): string =>
  writeRotation(
    document,
    keys.map(({ pair }) => pair.privateKey),
  );

async function apply(session: TestSession, text: string, dryRun = false) {
  const path = join(temporaryFolder(), 'rotation.json');
  writeFileSync(path, text);
  const answer = await trustRotateApply(session.context, { file: session.grant(path), dryRun }, silentJob);
  return contract['trust.rotateApply'].output.parse(answer);
}
const storeOf = ({ context }: TestSession) => loadTrustStore(context.workspace().reader);
const keyIn = (session: TestSession, key: LabKey) =>
  storeOf(session).keys.find(({ hint }) => hint === key.trusted.hint);
/** Nothing of a refused rotation is left behind. */
async function refused(session: TestSession, text: string): Promise<string> {
  const before = storeOf(session);
  const code = await codeOf(() => apply(session, text));
  expect(storeOf(session)).toEqual(before);
  expect(lastRotationSerial(session.context.workspace().reader, registryId)).toBe(0);
  return code;
}

describe('when a rotation is signed by the old threshold', () => {
  it('retires the old key after its last sequence and trusts the new one for that registry only', async () => {
    const [old, next] = [labKey({ label: 'Old', registryIds: ['*'] }), labKey({ label: 'New' })];
    const session = await trusting([old]);
    const text = sign(rotation({ add: [next], retire: [[old, 12]] }), old, next);
    expect(await apply(session, text, true)).toMatchObject({ outcome: 'preview', accepted: 1, needed: 1 });
    expect(keyIn(session, next)).toBeUndefined();
    expect(await apply(session, text)).toMatchObject({
      outcome: 'applied',
      previousSerial: 0,
      added: [{ label: 'New' }],
      retired: [{ label: 'Old', lastSequence: 12 }],
    });
    expect(keyIn(session, next)?.registryIds).toEqual([registryId]);
    const stored = keyIn(session, old);
    if (!stored) throw new Error('the old key is gone');
    const at = (id: string, sequence: number) =>
      refusalOf(stored, { registryId: id, sequence, createdAt: '2026-11-20T00:00:00Z' })?.code ?? null;
    expect([at(registryId, 12), at(registryId, 13)]).toEqual([null, 'signer.revoked']);
    // Its other registries have their own say.
    expect(at('urn:other', 99)).toBeNull();
    const { entries } = await activityList(session.context, { limit: 1 }, silentJob);
    expect(entries[0]).toMatchObject({ action: 'trust.rotated' });
  });

  it('two of three may replace the third, and co-sign one after the other', async () => {
    const [a, b, lost, next] = [labKey(), labKey(), labKey(), labKey()];
    const session = await trusting([a, b, lost], { own: 2 });
    const document = rotation({ add: [next], retire: [[lost, 4]], threshold: 2 });
    const first = sign(document, a);
    const both = cosignRotation(first, 'r.json', [b.pair.privateKey, next.pair.privateKey]);
    expect(readRotation(both, 'r.json').payload).toEqual(readRotation(first, 'r.json').payload);
    expect(await apply(session, both)).toMatchObject({ accepted: 2, needed: 2, thresholdAfter: 2 });
  });

  it('may change how many must sign', async () => {
    const [a, b] = [labKey(), labKey()];
    const session = await trusting([a]);
    expect(await apply(session, sign(rotation({ add: [b], threshold: 2 }), a, b))).toMatchObject({
      thresholdBefore: 1,
      thresholdAfter: 2,
    });
    expect(storeOf(session).thresholds).toEqual({ [registryId]: 2 });
  });

  it('a key known from another registry gains this one', async () => {
    const [old, known] = [labKey(), labKey({ registryIds: ['urn:other'] })];
    const session = await trusting([old, known]);
    await apply(session, sign(rotation({ add: [known] }), old, known));
    expect(keyIn(session, known)?.registryIds).toEqual(['urn:other', registryId]);
  });
});

describe('C10 when a rotation is not signed by the old threshold', () => {
  it('one signature less is refused', async () => {
    const [a, b, next] = [labKey(), labKey(), labKey()];
    const session = await trusting([a, b], { own: 2 });
    expect(await refused(session, sign(rotation({ add: [next] }), a, next))).toBe('trust rotation.too_few_signatures');
  });

  it('one old signature copied twice is still one', async () => {
    const [a, b, next] = [labKey(), labKey(), labKey()];
    const session = await trusting([a, b], { own: 2 });
    const envelope = JSON.parse(sign(rotation({ add: [next] }), a, next));
    envelope.signatures.push(envelope.signatures[0], envelope.signatures[0]);
    expect(await refused(session, JSON.stringify(envelope))).toBe('trust rotation.too_few_signatures');
  });

  it("one signature under another old key's name does not count as his", async () => {
    const [a, b, next] = [labKey(), labKey(), labKey()];
    const session = await trusting([a, b], { own: 2 });
    const envelope = JSON.parse(sign(rotation({ add: [next] }), a, next));
    envelope.signatures.push({ ...envelope.signatures[0], keyid: b.trusted.hint });
    expect(await refused(session, JSON.stringify(envelope))).toBe('trust rotation.too_few_signatures');
  });

  it('the new keys alone are refused, however many', async () => {
    const [a, ...added] = [labKey(), labKey(), labKey(), labKey()];
    expect(await refused(await trusting([a]), sign(rotation({ add: added }), ...added))).toBe(
      'trust rotation.too_few_signatures',
    );
  });

  it.each<[string, Partial<TrustedKey>]>([
    [
      'revoked',
      { revoked: { at: '2026-11-02T00:00:00Z', reason: 'stolen', accepted: [{ registryId, maxSequence: 3 }] } },
    ],
    ['expired', { validFor: { end: '2026-11-22T00:00:00Z' } }],
    ['not valid yet', { validFor: { start: '2026-11-24T00:00:00Z' } }],
    ['already retired', { retired: [{ registryId, at: '2026-11-02T00:00:00Z', maxSequence: 3, reason: 'rotation' }] }],
  ])('a key that is %s does not count', async (_name, overrides) => {
    const [a, gone, next] = [labKey(), labKey(overrides), labKey()];
    const session = await trusting([a, gone]);
    expect(await refused(session, sign(rotation({ add: [next] }), gone, next))).toBe(
      'trust rotation.too_few_signatures',
    );
  });

  it('the higher of store-wide and own threshold is asked for', async () => {
    const [a, b, next] = [labKey(), labKey(), labKey()];
    const session = await trusting([a, b], { threshold: 2, own: 1 });
    expect(await refused(session, sign(rotation({ add: [next] }), a, next))).toBe('trust rotation.too_few_signatures');
  });

  it('a rotation for another registry is refused by name', async () => {
    const [mine, elsewhere, next] = [labKey(), labKey({ registryIds: ['urn:other'] }), labKey()];
    const session = await trusting([mine, elsewhere]);
    expect(await refused(session, sign(rotation({ add: [next] }), elsewhere, next))).toBe(
      'trust rotation.other_registry',
    );
  });
});

describe('when the signatures are enough and the rotation is still wrong', () => {
  it('a new key that has not signed was shown by nobody', async () => {
    const [old, next] = [labKey(), labKey()];
    expect(await refused(await trusting([old]), sign(rotation({ add: [next] }), old))).toBe(
      'trust rotation.no_possession',
    );
  });

  it('a replay, and an older rotation, bring nothing back', async () => {
    const [first, second, third] = [labKey(), labKey(), labKey()];
    const session = await trusting([first]);
    const one = sign(rotation({ add: [second] }), first, second);
    const two = sign(rotation({ add: [third], retire: [[first, 5]], serial: 2 }), first, second, third);
    await apply(session, one);
    await apply(session, two);
    expect(await codeOf(() => apply(session, two))).toBe('trust rotation.replayed');
    expect(await codeOf(() => apply(session, one))).toBe('trust rotation.replayed');
    expect(lastRotationSerial(session.context.workspace().reader, registryId)).toBe(2);
  });

  it('too few of the keys that stand afterwards have signed', async () => {
    const [a, b, next] = [labKey(), labKey(), labKey()];
    const session = await trusting([a, b]);
    expect(await refused(session, sign(rotation({ add: [next], retire: [[a, 3]], threshold: 2 }), a, next))).toBe(
      'trust rotation.new_threshold',
    );
  });

  it('a key that is revoked here does not come back', async () => {
    const [a, gone] = [
      labKey(),
      labKey({ revoked: { at: '2026-11-02T00:00:00Z', reason: 'stolen', accepted: [{ registryId, maxSequence: 3 }] } }),
    ];
    expect(await refused(await trusting([a, gone]), sign(rotation({ add: [gone] }), a, gone))).toBe(
      'trust rotation.revoked_key',
    );
  });

  it('it retires a key that is not trusted for this registry', async () => {
    const [a, elsewhere] = [labKey(), labKey({ registryIds: ['urn:other'] })];
    expect(await refused(await trusting([a, elsewhere]), sign(rotation({ retire: [[elsewhere, 3]] }), a))).toBe(
      'trust rotation.unknown_key',
    );
  });

  it.each<[string, (a: LabKey) => Rotation]>([
    ['changes nothing', () => rotation({})],
    ['names a key twice', (a) => rotation({ add: [a], retire: [[a, 1]] })],
    ['is about every registry', (a) => rotation({ retire: [[a, 1]], registryId: '*' })],
    [
      'names a key by the digest of another',
      (a) =>
        rotation({
          addKeys: rotation({ add: [labKey()] }).addKeys.map((key) => ({ ...key, hint: a.trusted.hint })),
        }),
    ],
  ])('it %s', async (_name, make) => {
    const a = labKey();
    expect(await codeOf(() => sign(make(a), a))).toBe('input rotation.malformed');
  });

  it('each key signs once', async () => {
    const a = labKey();
    const text = sign(rotation({ retire: [[a, 1]] }), a);
    expect(await codeOf(() => cosignRotation(text, 'r.json', [a.pair.privateKey]))).toBe(
      'usage rotation.already_signed',
    );
  });

  it.each([
    ['no JSON', () => 'nonsense', 'input rotation.malformed'],
    [
      'a snapshot signature',
      (text: string) => text.replace('application/vnd.assay.trust-rotation+json', 'application/vnd.in-toto+json'),
      'trust rotation.payload_type',
    ],
    ['a trust file', (text: string) => text.replace('trust-rotation', 'trust-store'), 'trust rotation.payload_type'],
  ])('it is %s', async (_name, spoil, code) => {
    const [old, next] = [labKey(), labKey()];
    const text = spoil(sign(rotation({ add: [next] }), old, next));
    expect(await refused(await trusting([old]), text)).toBe(code);
  });
});

describe('what a rotation tells about revocation', () => {
  it('is as old as the rotation, however late it is applied', async () => {
    const [old, next] = [labKey(), labKey()];
    const session = await trusting([old]);
    await apply(session, sign(rotation({ add: [next], createdAt: '2026-01-01T00:00:00Z' }), old, next));
    const stored = keyIn(session, next);
    expect(stored).toMatchObject({ addedAt: '2026-11-23T12:00:00Z', confirmedAt: '2026-01-01T00:00:00Z' });
    expect(stored && isInScope(stored, 'urn:other')).toBe(false);
  });
});

describe('when the computer was set back', () => {
  it('a key that has ended by the newest snapshot seen signs no rotation', async () => {
    const [ended, next] = [labKey({ validFor: { end: '2026-11-22T00:00:00Z' } }), labKey()];
    const { workspace } = await testWorkspace();
    saveTrustedKey(workspace.writer, ended.trusted);
    trustPublisher(workspace);
    await importBundle(workspace, await bundle({ records: [record('model', 'm', {})] }));
    const back = sessionOf(workspace, new Date('2026-11-21T00:00:00Z'));
    const text = sign(rotation({ add: [next], createdAt: '2026-11-20T00:00:00Z' }), ended, next);
    expect(await codeOf(() => apply(back, text))).toBe('trust rotation.too_few_signatures');
  });
});

describe('when a rotation would use up what later ones need', () => {
  it('a leap of the serial and a time that has not come are refused', async () => {
    const [old, next] = [labKey(), labKey()];
    const session = await trusting([old]);
    const of = (change: Partial<Rotation>) => sign(rotation({ add: [next], ...change }), old, next);
    expect(await refused(session, of({ serial: Number.MAX_SAFE_INTEGER }))).toBe('trust rotation.leap');
    expect(await refused(session, of({ serial: 1_000_001 }))).toBe('trust rotation.leap');
    expect(await refused(session, of({ createdAt: '2026-11-24T00:00:00Z' }))).toBe('trust rotation.future');
    expect(await apply(session, of({ serial: 1_000_000 }))).toMatchObject({ outcome: 'applied' });
  });
});
