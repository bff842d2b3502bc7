/** Key files: what `age-keygen` and Assay write, and what must not pass for one. */
import { armor, Encrypter, generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { newKeyFile, readIdentities } from '../../../src-main/core/encryption/identity-file.ts';
import { checkRecipients, recipientsIn } from '../../../src-main/core/encryption/recipients.ts';
import { failureOf, openAll, sealFor } from './age-lab.ts';

const plain = Buffer.from('registry');
const read = (text: string | Uint8Array, passphrase?: string) =>
  readIdentities(Buffer.from(text), 'key.txt', passphrase);

async function encryptedKeyFile(passphrase: string, workFactor = 10): Promise<{ file: Uint8Array; identity: string }> {
  const identity = await generateX25519Identity();
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(workFactor);
  return { file: await encrypter.encrypt(`${identity}\n`), identity };
}

describe('key files', () => {
  it('reads comments, blank lines, CRLF and several identities', async () => {
    const [one, two] = [await generateX25519Identity(), await generateX25519Identity()];
    const identities = await read(`# created: 2026-11-23\r\n\r\n# public key: age1…\r\n${one}\r\n${two}\r\n`);
    for (const identity of [one, two]) {
      const file = await sealFor(plain, await identityToRecipient(identity));
      expect((await openAll(file, identities)).equals(plain)).toBe(true);
    }
  });

  it('reads its own new file, open and with a passphrase', async () => {
    for (const passphrase of [undefined, 'correct horse battery']) {
      const { text, recipient } = await newKeyFile('2026-11-23T12:00:00Z', passphrase);
      expect(text.includes('AGE-SECRET-KEY')).toBe(passphrase === undefined);
      const identities = await read(text, passphrase);
      expect((await openAll(await sealFor(plain, recipient), identities)).equals(plain)).toBe(true);
    }
  });

  it('asks for the passphrase, and says when it is wrong, binary or armored', async () => {
    const { file } = await encryptedKeyFile('right');
    for (const form of [file, Buffer.from(armor.encode(file))]) {
      expect(await failureOf(read(form))).toMatchObject({ kind: 'locked', code: 'identity.passphrase_needed' });
      expect(await failureOf(read(form, 'wrong'))).toMatchObject({ kind: 'locked', code: 'identity.wrong_passphrase' });
      await read(form, 'right');
    }
  });

  it('refuses a passphrase that costs too much to try, before it tries', async () => {
    const { file } = await encryptedKeyFile('right');
    const costly = Buffer.from(
      Buffer.from(file)
        .toString('latin1')
        .replace(/(-> scrypt \S+) 10/, '$1 30'),
      'latin1',
    );
    const started = performance.now();
    expect(await failureOf(read(costly, 'right'))).toMatchObject({ kind: 'input', code: 'identity.work_factor' });
    expect(performance.now() - started).toBeLessThan(200);
  });

  it.each([
    ['nothing in it', '# only a comment\n', 'identity.none'],
    ['an SSH key', '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n', 'identity.unsupported'],
    ['a plugin identity', 'AGE-PLUGIN-YUBIKEY-1QQQQ\n', 'identity.unsupported'],
    ['a recipient', 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\n', 'identity.unsupported'],
    ['a damaged armor', '-----BEGIN AGE ENCRYPTED FILE-----\nxx\n', 'identity.unreadable'],
  ])('refuses a file with %s', async (_, text, code) => {
    expect(await failureOf(read(text))).toMatchObject({ kind: 'input', code });
  });

  it('refuses a mistyped identity without repeating it', async () => {
    const identity = await generateX25519Identity();
    const failure = await failureOf(read(`${identity.slice(0, -1)}${identity.endsWith('Q') ? 'P' : 'Q'}`));
    expect(failure.code).toBe('identity.unreadable');
    expect(JSON.stringify(failure)).not.toContain(identity.slice(20, 40));
  });

  it('refuses a key file encrypted to a recipient', async () => {
    const { recipient } = await newKeyFile('2026-11-23T12:00:00Z', undefined);
    expect((await failureOf(read(await sealFor(plain, recipient), 'x'))).code).toBe('identity.unsupported');
  });

  it('refuses more than 32 identities', async () => {
    const identity = await generateX25519Identity();
    expect((await failureOf(read(`${identity}\n`.repeat(33)))).code).toBe('identity.too_many');
  });
});

describe('recipients', () => {
  const check = (...given: string[]) => failureOf(Promise.resolve().then(() => checkRecipients(given)));

  it('reads a list with comments and drops repeats', async () => {
    const { recipient } = await newKeyFile('2026-11-23T12:00:00Z', undefined);
    const hybrid = await identityToRecipient(await generateHybridIdentity());
    expect(checkRecipients(recipientsIn(`# audit team\n${recipient}\n\n${hybrid}\r\n${recipient}\n`))).toEqual([
      recipient,
      hybrid,
    ]);
  });

  it('refuses what is no recipient, and never repeats a secret', async () => {
    expect((await check('age1notarecipient')).code).toBe('recipient.invalid');
    expect((await check('ssh-ed25519 AAAA')).code).toBe('recipient.invalid');
    const identity = await generateX25519Identity();
    const failure = await check(identity);
    expect(failure.code).toBe('recipient.identity_given');
    expect(JSON.stringify(failure)).not.toContain(identity.slice(16));
    expect((await check(...Array.from({ length: 65 }, (_, index) => `age1${index}`))).code).toBe('recipient.too_many');
  });
});
