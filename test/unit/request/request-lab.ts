/** A workspace with one imported registry snapshot, and the handlers of the request loop over it. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordLine, sha256Hex } from '../../../src-main/core/canonical-json.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { readRequestFile } from '../../../src-main/core/request/request-file.ts';
import { packSnapshot } from '../../../src-main/core/snapshot/write.ts';
import type { EngineContext } from '../../../src-main/core/usecases/context.ts';
import { requestCreate } from '../../../src-main/core/usecases/request-create.ts';
import { snapshotsImport } from '../../../src-main/core/usecases/snapshots-import.ts';
import { contract, type InputOf, type OutputOf } from '../../../src-shared/contract/contract.ts';
import { type Grant, grantSchema } from '../../../src-shared/contract/schemas/workspace.ts';
import type { CanonicalRecord } from '../../../src-shared/domain/record.ts';
import type { Answers } from '../../../src-shared/domain/snapshot.ts';
import { AssayError } from '../../../src-shared/result.ts';
import {
  bundle,
  importBundle,
  now,
  publisher,
  record,
  temporaryFolder,
  testWorkspace,
  trustPublisher,
} from '../store/support.ts';

export const registryId = 'urn:uuid:6f6a4a52-9d5c-4a0f-8a52-2f1f0a1b2c3d';

export const registered = [
  record('model', 'credit', { model_id: 'credit', model_name: 'Credit' }),
  record('model', 'fraud', { model_id: 'fraud', model_name: 'Fraud', description: 'Finds fraud' }),
  record('dataset', 'loans', { dataset_id: 'loans', dataset_name: 'Loans' }),
];

export type Lab = Awaited<ReturnType<typeof requestLab>>;

export async function requestLab() {
  const { workspace } = await testWorkspace();
  trustPublisher(workspace);
  await importBundle(workspace, await bundle({ records: registered }));
  const paths = new Map<string, string>();
  const grant = (path: string): Grant => {
    const id = grantSchema.parse(`grant:${randomUUID()}`);
    paths.set(id, path);
    return id;
  };
  const context: EngineContext = {
    clock: { now: () => now },
    grants: { resolve: (id) => paths.get(id) ?? '' },
    hasWorkspace: true,
    workspace: () => workspace,
    setWorkspace: () => {},
  };
  return {
    workspace,
    context,
    grant,
    async ask(input: Omit<InputOf<'request.create'>, 'file'>) {
      const file = join(temporaryFolder(), 'q.request.json');
      const parsed = contract['request.create'].input.parse({ ...input, file: grant(file) });
      const detail = await requestCreate(context, parsed, silentJob);
      return { detail, file, signed: await readRequestFile(readFileSync(file), 'q.request.json') };
    },
    async importFile(path: string, dryRun = false): Promise<OutputOf<'snapshots.import'>> {
      const input = contract['snapshots.import'].input.parse({ file: grant(path), dryRun });
      return snapshotsImport(context, input, silentJob);
    },
  };
}

export interface AnswerInput {
  readonly records: readonly CanonicalRecord[];
  readonly answers: Partial<Answers> & Pick<Answers, 'requestId' | 'requestSha256'>;
  readonly registry?: string;
  readonly key?: typeof publisher.privateKey;
  /** When the publisher says it was made. */
  readonly createdAt?: Date;
}

/** Packs an answer the way `pack` does with a folder that `fulfil` left; whatever the answer claims. */
export async function packAnswer({ records, answers, registry, key, createdAt = now }: AnswerInput): Promise<string> {
  const folder = join(temporaryFolder(), 'answer');
  mkdirSync(join(folder, 'records'), { recursive: true });
  mkdirSync(join(folder, 'evidence', 'request'), { recursive: true });
  const counts: Record<string, number> = {};
  for (const kind of new Set(records.map((one) => one.kind))) {
    const ofKind = records.filter((one) => one.kind === kind).sort((a, b) => (a.id < b.id ? -1 : 1));
    counts[kind] = ofKind.length;
    writeFileSync(join(folder, 'records', `${kind}-0001.ndjson`), ofKind.map((one) => `${recordLine(one)}\n`).join(''));
  }
  writeFileSync(join(folder, 'evidence', 'request', 'q.json'), sha256Hex(answers.requestId));
  writeFileSync(
    join(folder, 'collection.json'),
    JSON.stringify({
      schemaVersion: 1,
      registry: { id: registry ?? registryId, name: 'Registry One', uri: '' },
      role: 'registry',
      collector: { name: 'test', version: '1' },
      answers: { notFound: [], emptyKinds: [], sourcesComplete: true, ...answers },
      sources: [
        {
          type: 'test',
          uri: '',
          collectedAt: '2026-11-22T08:00:00Z',
          complete: false,
          coverage: {
            inputsSeen: 1,
            inputsUsed: 1,
            inputsSkipped: 0,
            reasons: {},
            denied: [],
            errors: [],
            scope: ['asked'],
          },
          suppliedFields: {},
        },
      ],
      counts,
    }),
  );
  const out = join(temporaryFolder(), 'answer.assay');
  await packSnapshot({ folder, out, privateKeys: [key ?? publisher.privateKey], now: createdAt, job: silentJob });
  return out;
}

/** `kind code` of the failure that `work` raises. */
export async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof AssayError) return `${error.failure.kind} ${error.failure.code}`;
    throw error;
  }
  return 'accepted';
}
