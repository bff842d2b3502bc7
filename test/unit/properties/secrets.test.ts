/** From a secret that a person holds to the workspace's keys: recovery code, passphrase, key slots. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { openSlot, type Slot, type SlotKey, type SlotOwner, sealSlot } from '../../../src-main/core/store/key-slots.ts';
import { passphraseBytes, requireStrongPassphrase } from '../../../src-main/core/store/passphrase.ts';
import { formatRecoveryCode, parseRecoveryCode } from '../../../src-main/core/store/recovery-code.ts';
import { fastKdf } from '../store/support.ts';
import { anyText } from './arbitraries.ts';
import { expectRefusal, failureOf, holds, holdsAsync } from './property.ts';

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('a recovery code', () => {
  holds(
    'gives its secret back however it is typed: case, spaces, O for 0, I and L for 1',
    500,
    [secret, fc.constantFrom(' ', '', '-', '\n')],
    (bytes, between) => {
      const code = formatRecoveryCode(bytes);
      const typed = code.toLowerCase().replaceAll('-', between).replaceAll('0', 'o').replaceAll('1', 'l');
      expect(parseRecoveryCode(typed).equals(bytes)).toBe(true);
      expect(parseRecoveryCode(code).equals(bytes)).toBe(true);
    },
  );

  const nearCode = fc.tuple(secret, fc.nat(62), fc.constantFrom(...'0ZU!- ', '')).map(([bytes, at, character]) => {
    const code = formatRecoveryCode(bytes);
    return code.slice(0, at) + character + code.slice(at + 1);
  });
  holds(
    'of any text is called mistyped, or is the one way to write its secret',
    1000,
    [fc.oneof(anyText, nearCode)],
    (text) => {
      const failure = failureOf(() => parseRecoveryCode(text));
      if (failure) expectRefusal(failure, 'usage', /^workspace\.recovery_code_mistyped$/);
      else {
        const plain = text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
        expect(formatRecoveryCode(parseRecoveryCode(text)).replaceAll('-', '')).toBe(plain);
      }
    },
  );
});

describe('a passphrase', () => {
  holds(
    'is the same bytes in every normal form that a keyboard may send',
    500,
    [fc.string({ unit: 'binary' })],
    (text) => {
      expect(passphraseBytes(text.normalize('NFD')).equals(passphraseBytes(text.normalize('NFC')))).toBe(true);
    },
  );

  holds('is accepted or refused with a sentence, whatever it holds', 500, [anyText], (text) => {
    const failure = failureOf(() => requireStrongPassphrase(text));
    if (failure) expectRefusal(failure, 'usage', /^workspace\.passphrase_/);
    else expect([...text.normalize('NFC')].length).toBeGreaterThanOrEqual(12);
  });
});

describe('a key slot', () => {
  const owner: fc.Arbitrary<SlotOwner> = fc.record({
    workspaceId: fc.uuid(),
    userId: fc.uuid(),
    ed25519: fc.base64String(),
  });
  const key: fc.Arbitrary<SlotKey> = fc.oneof(
    secret.map((bytes) => ({ type: 'recovery' as const, secret: bytes })),
    fc
      .string({ unit: 'grapheme' })
      .map((text) => ({ type: 'passphrase' as const, passphrase: passphraseBytes(text), kdf: fastKdf })),
  );
  const secrets = fc.record({
    dek: secret,
    ed25519Seed: secret,
    p256Pkcs8: fc.uint8Array({ minLength: 1, maxLength: 140 }),
  });

  holdsAsync(
    'gives its secrets to its own key and owner',
    200,
    [secrets, owner, fc.uuid(), key],
    async (plain, of, slotId, by) => {
      const slot = await sealSlot(plain, of, slotId, by);
      expect(await openSlot(slot, of, by)).toEqual(plain);
    },
  );

  holdsAsync(
    'opens to no other key, for no other owner and after no edit',
    200,
    [secrets, owner, fc.uuid(), key, key, owner, fc.nat()],
    async (plain, of, slotId, by, other, stranger, at) => {
      const slot = await sealSlot(plain, of, slotId, by);
      const same = JSON.stringify(other) === JSON.stringify(by);
      expect((await openSlot(slot, of, other)) !== null).toBe(same);
      for (const field of ['workspaceId', 'userId', 'ed25519'] as const)
        if (stranger[field] !== of[field])
          expect(await openSlot(slot, { ...of, [field]: stranger[field] }, by)).toBeNull();
      for (const edited of editsOf(slot, at)) expect(await openSlot(edited, of, by)).toBeNull();
    },
  );

  /** The slot with one bit of each sealed part flipped, and with another id. */
  function editsOf(slot: Slot, at: number): Slot[] {
    const flipped = (['salt', 'nonce', 'commitment', 'ciphertext'] as const).map((field): Slot => {
      const bytes = Buffer.from(slot[field], 'base64');
      const index = at % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ (1 << (at % 8));
      return { ...slot, [field]: bytes.toString('base64') };
    });
    return [...flipped, { ...slot, slotId: createHash('sha256').update(slot.slotId).digest('hex').slice(0, 36) }];
  }
});
