/** What can be said of PKCS#12 without a foreign tool; files that OpenSSL wrote are opened in `test/interop/report`. */
import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadPkcs12, maxPkcs12Bytes } from '../../../src-main/core/report/pkcs12.ts';
import { decryptRc2Cbc } from '../../../src-main/core/report/rc2.ts';
import { AssayError } from '../../../src-shared/result.ts';

const now = new Date('2026-11-23T12:00:00Z');
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof AssayError) return `${error.failure.kind} ${error.failure.code}`;
    throw error;
  }
  return 'no failure';
};

describe('RC2', () => {
  // RFC 2268 section 5: key, effective bits, plain block, cipher block.
  const vectors: readonly (readonly [string, number, string, string])[] = [
    ['0000000000000000', 63, '0000000000000000', 'ebb773f993278eff'],
    ['ffffffffffffffff', 64, 'ffffffffffffffff', '278b27e42e2f0d49'],
    ['3000000000000000', 64, '1000000000000001', '30649edf9be7d2c2'],
    ['88', 64, '0000000000000000', '61a8a244adacccf0'],
    ['88bca90e90875a', 64, '0000000000000000', '6ccf4308974c267f'],
    ['88bca90e90875a7f0f79c384627bafb2', 64, '0000000000000000', '1a807d272bbe5db1'],
    ['88bca90e90875a7f0f79c384627bafb2', 128, '0000000000000000', '2269552ab0f85ca6'],
    ['88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e', 129, '0000000000000000', '5b78d3a43dfff1f1'],
  ];
  it.each(vectors)(
    'when the key is %s with %i effective bits it decrypts as the RFC says',
    (key, bits, plain, cipher) => {
      // A vector that turns the plain block into one whole block of padding, so that only the right block is accepted.
      const iv = hex(plain).map((byte) => byte ^ 8);
      expect(decryptRc2Cbc(hex(key), bits, iv, hex(cipher))).toEqual(new Uint8Array(0));
      iv[3] = (iv[3] ?? 0) ^ 1;
      expect(decryptRc2Cbc(hex(key), bits, iv, hex(cipher))).toBeNull();
    },
  );

  it('when the data is not whole blocks it is refused', () => {
    expect(decryptRc2Cbc(hex('88'), 64, Buffer.alloc(8), Buffer.alloc(7))).toBeNull();
    expect(decryptRc2Cbc(hex('88'), 64, Buffer.alloc(8), Buffer.alloc(0))).toBeNull();
  });
});

describe('a file that is no PKCS#12', () => {
  it.each([
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('-----BEGIN CERTIFICATE-----\n')],
    ['an empty sequence', hex('3000')],
    ['deeply nested', Buffer.alloc(200_000, hex('3080'))],
    ['noise', createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(4096))],
  ])('when it is %s it is refused as malformed', async (_, bytes) => {
    expect(await codeOf(loadPkcs12(bytes, 'secret', now))).toBe('input p12.malformed');
  });

  it('when it is larger than any such file it is refused unread', async () => {
    expect(await codeOf(loadPkcs12(Buffer.alloc(maxPkcs12Bytes + 1, 0x30), 'secret', now))).toBe('input p12.too_large');
  });
});
