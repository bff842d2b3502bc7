/** The one place where tests pay for Argon2id: creating and unlocking as a person does it. */
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { argon2Kdf, kdfParamsSchema } from '../../../src-main/core/store/kdf.ts';
import { loadHeader } from '../../../src-main/core/store/key-header.ts';
import { createWorkspace, unlockWorkspace } from '../../../src-main/core/store/workspace.ts';
import { cleanUp, now, passphrase, temporaryFolder } from '../../unit/store/support.ts';

afterEach(cleanUp);

describe('when a passphrase is derived for real', () => {
  it('creates and unlocks with parameters no weaker than 64 MiB and 3 passes', async () => {
    const folder = join(temporaryFolder(), 'ws');
    const { workspace } = await createWorkspace({ folder, name: 'n', userName: 'u', passphrase, now });
    workspace.close();
    const slot = loadHeader(folder).header.slots.find((candidate) => candidate.type === 'passphrase');
    expect(slot?.type === 'passphrase' && slot.kdf.m >= 65_536 && slot.kdf.t >= 3).toBe(true);
    const again = await unlockWorkspace({ folder, passphrase: passphrase.normalize('NFD') });
    expect(again.user.name).toBe('u');
    again.close();
    await expect(unlockWorkspace({ folder, passphrase: `${passphrase}!` })).rejects.toThrow(/does not open/);
  });

  it('agrees with the reference program, and refuses parameters out of bounds', async () => {
    // From the test program of the reference implementation: argon2id, t=2, m=2^16 KiB, p=1, "password", "somesalt".
    // (RFC 9106's own vector needs 32 KiB, which is out of bounds here.)
    const key = await argon2Kdf.derive(Buffer.from('password'), Buffer.from('somesalt'), { m: 65_536, t: 2, p: 1 });
    expect(Buffer.from(key).toString('hex')).toBe('09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7');
    expect(kdfParamsSchema.safeParse({ m: 4 * 1024 * 1024, t: 3, p: 1 }).success).toBe(false);
    expect(kdfParamsSchema.safeParse({ m: 8192, t: 3, p: 1 }).success).toBe(false);
  });
});
