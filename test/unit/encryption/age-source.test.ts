/** The decrypting reader against the library's own output, and against everything that is not one. */
import { randomBytes } from 'node:crypto';
import { armor, generateHybridIdentity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decrypted } from '../../../src-main/core/encryption/age-source.ts';
import { readIdentities } from '../../../src-main/core/encryption/identity-file.ts';
import {
  chunk,
  failureOf,
  forge,
  type Holder,
  headerLength,
  newHolder,
  openAll,
  sealedChunk,
  sealFor,
  sourceOf,
} from './age-lab.ts';

let holder: Holder;
beforeAll(async () => {
  holder = await newHolder();
});

const open = (file: Buffer) => openAll(file, holder.identities);
const three = randomBytes(2 * chunk + 1234);

describe('what the library encrypted', () => {
  it.each([0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 7])('reads %i bytes back', async (length) => {
    const plain = randomBytes(length);
    expect((await open(await sealFor(plain, holder.recipient))).equals(plain)).toBe(true);
  });

  it('reads any range, in any order', async () => {
    const source = await decrypted(sourceOf(await sealFor(three, holder.recipient)), holder.identities);
    const ranges = fc
      .tuple(fc.nat(three.length), fc.nat(three.length))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
    await fc.assert(
      fc.asyncProperty(ranges, async ([from = 0, to = 0]) => {
        expect((await source.read(from, to - from)).equals(three.subarray(from, to))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('reads the end and the start without reading what lies between', async () => {
    const file = sourceOf(await sealFor(randomBytes(40 * chunk), holder.recipient));
    const source = await decrypted(file, holder.identities);
    await source.read(source.size - 100, 100);
    await source.read(0, 100);
    expect(file.bytesRead()).toBeLessThan(3 * chunk);
  });

  it('is opened by any of its recipients, X25519 or hybrid', async () => {
    const other = await newHolder();
    const hybrid = await generateHybridIdentity();
    const file = await sealFor(three, other.recipient, await identityToRecipient(hybrid), holder.recipient);
    const identities = await readIdentities(Buffer.from(hybrid), 'hybrid.txt', undefined);
    expect((await open(file)).equals(three)).toBe(true);
    expect((await openAll(file, identities)).equals(three)).toBe(true);
  });
});

describe('whoever is no recipient', () => {
  it('is told the same, whichever identity it was', async () => {
    const file = await sealFor(three, holder.recipient);
    const failures = [];
    for (const stranger of [await newHolder(), await newHolder()])
      failures.push(await failureOf(openAll(file, stranger.identities)));
    expect(failures[0]).toEqual(failures[1]);
    expect(failures[0]).toMatchObject({ kind: 'locked', code: 'bundle.wrong_identity' });
  });
});

describe('a file that was cut, extended or changed', () => {
  it('is refused at every end of a block, every 1 KiB and each of the last 100 bytes', async () => {
    const file = await sealFor(three, holder.recipient);
    const start = headerLength(file) + 16;
    const cuts = new Set<number>([0, 1, start - 16, start, start + 16, start + sealedChunk, start + 2 * sealedChunk]);
    for (let at = 0; at < file.length; at += 1024) cuts.add(at);
    for (let at = file.length - 100; at < file.length; at += 1) cuts.add(at);
    for (const at of cuts) {
      const failure = await failureOf(open(file.subarray(0, at)));
      expect([failure.kind, failure.code], `cut at ${at}`).toEqual([
        'input',
        at < start - 16 ? 'bundle.header' : 'bundle.damaged',
      ]);
    }
  });

  it('is refused with bytes after its end', async () => {
    const file = await sealFor(three, holder.recipient);
    for (const extra of [1, 16, 17, sealedChunk]) {
      const failure = await failureOf(open(Buffer.concat([file, Buffer.alloc(extra)])));
      expect(failure.code, `${extra} more`).toBe('bundle.damaged');
    }
  });

  it('is refused with any bit of the header changed', async () => {
    const file = await sealFor(Buffer.from('short'), holder.recipient);
    for (let at = 0; at < headerLength(file); at += 1) {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const { code } = await failureOf(open(changed));
      expect(['bundle.header', 'bundle.wrong_identity', 'bundle.passphrase', 'bundle.damaged'], `byte ${at}`).toContain(
        code,
      );
    }
  });

  it('hands out no byte of a changed block, and the others as they are', async () => {
    const file = await sealFor(three, holder.recipient);
    const start = headerLength(file) + 16;
    const changed = Buffer.from(file);
    changed[start + sealedChunk + 5000] = (changed[start + sealedChunk + 5000] ?? 0) ^ 1;
    const source = await decrypted(sourceOf(changed), holder.identities);
    expect((await source.read(0, 1000)).equals(three.subarray(0, 1000))).toBe(true);
    const failure = await failureOf(source.read(chunk, 1));
    expect(failure).toMatchObject({ kind: 'input', code: 'bundle.damaged' });
    expect(failure.message).toContain('block 2 of 3');
  });

  it('is refused with the payload nonce, a tag or the last block changed, before anything is read', async () => {
    const file = await sealFor(three, holder.recipient);
    const nonce = headerLength(file);
    for (const at of [nonce, nonce + 15, file.length - 1, file.length - 17, file.length - 1000]) {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ 0x80;
      expect((await failureOf(decrypted(sourceOf(changed), holder.identities))).code, `byte ${at}`).toBe(
        'bundle.damaged',
      );
    }
  });

  it('is refused with two blocks exchanged', async () => {
    const file = await sealFor(randomBytes(3 * chunk), holder.recipient);
    const start = headerLength(file) + 16;
    const block = (index: number) => file.subarray(start + index * sealedChunk, start + (index + 1) * sealedChunk);
    const swapped = Buffer.concat([file.subarray(0, start), block(1), block(0), block(2)]);
    expect((await failureOf(open(swapped))).code).toBe('bundle.damaged');
  });
});

describe('payloads that the format forbids', () => {
  const full = Buffer.alloc(chunk, 7);

  it('accepts the same made by hand as it should be', async () => {
    const good = await forge(holder, [
      { plain: full, last: false },
      { plain: Buffer.from('end'), last: true },
    ]);
    expect((await open(good)).length).toBe(chunk + 3);
  });

  it.each([
    [
      'an empty last block after others',
      [
        { plain: full, last: false },
        { plain: Buffer.alloc(0), last: true },
      ],
    ],
    [
      'no last block',
      [
        { plain: full, last: false },
        { plain: Buffer.from('end'), last: false },
      ],
    ],
    [
      'two last blocks',
      [
        { plain: full, last: true },
        { plain: Buffer.from('end'), last: true },
      ],
    ],
    [
      'a block number left out',
      [
        { plain: full, last: false },
        { plain: Buffer.from('end'), last: true, number: 2 },
      ],
    ],
    [
      'a short block in the middle',
      [
        { plain: Buffer.from('short'), last: false },
        { plain: full, last: true },
      ],
    ],
  ])('%s', async (_, chunks) => {
    const failure = await failureOf(forge(holder, chunks).then(open));
    expect(failure).toMatchObject({ kind: 'input', code: 'bundle.damaged' });
  });
});

describe('headers beyond their bounds', () => {
  const real = () => sealFor(Buffer.from('x'), holder.recipient);

  it('refuses a header without an end after 64 KiB', async () => {
    const endless = sourceOf(Buffer.from(`age-encryption.org/v1\n${'-> X25519 aaaa\n'.repeat(1_000_000)}`));
    expect((await failureOf(decrypted(endless, holder.identities))).code).toBe('bundle.header');
    expect(endless.bytesRead()).toBeLessThanOrEqual(64 * 1024 + 64);
  });

  it('refuses a header without recipients as malformed, not as meant for somebody else', async () => {
    const nobody = Buffer.from(`age-encryption.org/v1\n--- ${'A'.repeat(43)}\n${'x'.repeat(64)}`);
    expect(await failureOf(open(nobody))).toMatchObject({ kind: 'input', code: 'bundle.header' });
  });

  it('refuses 65 recipients before it tries one', async () => {
    const recipients = await Promise.all(Array.from({ length: 65 }, async () => (await newHolder()).recipient));
    const failure = await failureOf(open(await sealFor(Buffer.from('x'), ...recipients)));
    expect(failure.code).toBe('bundle.header');
    expect(failure.message).toContain('65');
  });

  it('refuses a passphrase stanza whatever work factor it names', async () => {
    const file = await real();
    const payload = file.subarray(headerLength(file));
    const header = `age-encryption.org/v1\n-> scrypt ${'A'.repeat(22)} 63\n${'A'.repeat(43)}\n--- ${'A'.repeat(43)}\n`;
    const failure = await failureOf(open(Buffer.concat([Buffer.from(header), payload])));
    expect(failure).toMatchObject({ kind: 'input', code: 'bundle.passphrase' });
  });
});

describe('armor', () => {
  const armored = async (plain: Buffer) => armor.encode(await sealFor(plain, holder.recipient));

  it.each([0, 1, 47, 48, 49, chunk, chunk + 5])('reads %i bytes behind it, with either line ending', async (length) => {
    const plain = randomBytes(length);
    const text = await armored(plain);
    expect((await open(Buffer.from(text))).equals(plain)).toBe(true);
    expect((await open(Buffer.from(text.replaceAll('\n', '\r\n')))).equals(plain)).toBe(true);
    expect((await open(Buffer.from(`${text}\n \n`))).equals(plain)).toBe(true);
  });

  it.each([
    ['without its last line', (text: string) => text.slice(0, text.indexOf('-----END'))],
    ['with text after it', (text: string) => `${text}more`],
    [
      'with a line taken out',
      (text: string) =>
        text
          .split('\n')
          .filter((_, index) => index !== 5)
          .join('\n'),
    ],
    [
      'with a short line in it',
      (text: string) => text.replace(/^(.{64})\n(.{64})\n/m, '$1\n$2\n').replace(/\n(.{64})\n(.{64})\n/, '\n$1\n'),
    ],
    ['with a space in a line', (text: string) => text.replace(/\n(.{10})./, '\n$1 ')],
    ['with mixed line endings', (text: string) => text.replace(/\n(.{64})\n/, '\n$1\r\n')],
  ])('refuses it %s', async (_, change) => {
    const failure = await failureOf(open(Buffer.from(change(await armored(three)))));
    expect(failure.kind).toBe('input');
    expect(failure.code).toMatch(/^bundle\.(armor|header|damaged)$/);
  });

  it('refuses base64 that is not canonical', async () => {
    const text = await armored(randomBytes(50));
    const lines = text.trimEnd().split('\n');
    const last = lines.at(-2) ?? '';
    expect(last).toMatch(/=$/);
    const index = last.replace(/=+$/, '').length - 1;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const other = alphabet[alphabet.indexOf(last.charAt(index)) + 1] ?? 'B';
    lines[lines.length - 2] = last.slice(0, index) + other + last.slice(index + 1);
    expect((await failureOf(open(Buffer.from(lines.join('\n'))))).code).toBe('bundle.armor');
  });
});
