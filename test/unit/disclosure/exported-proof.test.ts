/** A proof from the workspace: the file and its entry in the log exist together or not at all. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { silentJob } from '../../../src-main/core/ports.ts';
import { proofCreate } from '../../../src-main/core/usecases/proof-create.ts';
import { raise } from '../../../src-shared/result.ts';
import { codeOf, type Lab, requestLab } from '../request/request-lab.ts';
import { cleanUp, rowCount, temporaryFolder } from '../store/support.ts';
import { refs } from './fixture.ts';

afterEach(cleanUp);

const create = (lab: Lab, path: string, context = lab.context) =>
  proofCreate(context, { snapshot: 1, records: refs('model/credit'), absent: [], out: lab.grant(path) }, silentJob);

describe('when a proof is exported from a workspace', () => {
  it('is logged with the digest of its file', async () => {
    const lab = await requestLab();
    const before = rowCount(lab.workspace, 'activity');
    const path = join(temporaryFolder(), 'proof.json');
    expect(await create(lab, path)).toMatchObject({ records: 1, disclosed: 1 });
    expect(existsSync(path)).toBe(true);
    expect(rowCount(lab.workspace, 'activity')).toBe(before + 1);
  });

  it('leaves no entry where the file cannot be written', async () => {
    const lab = await requestLab();
    const before = rowCount(lab.workspace, 'activity');
    expect(await codeOf(() => create(lab, join(temporaryFolder(), 'no', 'proof.json')))).toBe('input file.unwritable');
    expect(rowCount(lab.workspace, 'activity')).toBe(before);
  });

  it('writes no file where the log cannot be written', async () => {
    const lab = await requestLab();
    const path = join(temporaryFolder(), 'proof.json');
    const reading = Object.create(lab.workspace, { writer: { get: refuseToWrite } });
    const asReader = { ...lab.context, workspace: () => reading };
    expect(await codeOf(() => create(lab, path, asReader))).toBe('refused workspace.read_only');
    expect(existsSync(path)).toBe(false);
  });
});

const refuseToWrite = (): never => raise('refused', 'workspace.read_only', 'This user may not write.');
