/**
 * Key files that open encrypted bundles: one `AGE-SECRET-KEY-1…` (X25519) or `AGE-SECRET-KEY-PQ-1…` (hybrid) a line, comments
 * after `#`, as `age-keygen` writes them; or the same inside an age file that a passphrase opens.
 */
import { armor, Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { raise } from '../../../src-shared/result.ts';
import { isAgeHead, isArmored } from './age-head.ts';
import { openAgeHeader } from './age-header.ts';
import type { Identities } from './age-source.ts';
import { encryptionLimits } from './limits.ts';

/**
 * Identities of a key file. `file` is its name for messages. Raises `locked` / `identity.passphrase_needed` or
 * `.wrong_passphrase`, `input` / `identity.*`; no part of a key reaches a message.
 */
export async function readIdentities(
  bytes: Uint8Array,
  file: string,
  passphrase: string | undefined,
): Promise<Identities> {
  const content = isAgeHead(bytes) ? await openKeyFile(bytes, file, passphrase) : bytes;
  const identities = identitiesIn(Buffer.from(content).toString('utf8'), file);
  for (const identity of identities) await checkIdentity(identity, file);
  return { fileKeyOf: (header, bundle) => openAgeHeader(header, identities, bundle) };
}

/** The text of a new key file and the recipient that publishers are told; with a passphrase the text is an armored age file. */
export async function newKeyFile(
  createdAt: string,
  passphrase: string | undefined,
): Promise<{ readonly text: string; readonly recipient: string }> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const text = `# created: ${createdAt}\n# public key: ${recipient}\n${identity}\n`;
  if (passphrase === undefined) return { text, recipient };
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  return { text: armor.encode(await encrypter.encrypt(text)), recipient };
}

async function openKeyFile(bytes: Uint8Array, file: string, passphrase: string | undefined): Promise<Uint8Array> {
  const binary = binaryForm(bytes, file);
  checkWorkFactor(binary, file);
  if (passphrase === undefined)
    return raise('locked', 'identity.passphrase_needed', `The key file ${file} is encrypted; give its passphrase.`, {
      file,
    });
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(binary);
  } catch {
    return raise(
      'locked',
      'identity.wrong_passphrase',
      `The passphrase does not open the key file ${file}, or the file is damaged; nothing was imported.`,
      { file },
    );
  }
}

function binaryForm(bytes: Uint8Array, file: string): Uint8Array {
  if (!isArmored(bytes)) return bytes;
  try {
    return armor.decode(Buffer.from(bytes).toString('latin1'));
  } catch {
    return refuse('unreadable', file, 'its armor is damaged');
  }
}

/** Checked before scrypt runs: the cost is the file's choice, the memory is ours. */
function checkWorkFactor(binary: Uint8Array, file: string): void {
  const head = Buffer.from(binary.subarray(0, 256)).toString('latin1');
  const [, factor] = /^age-encryption\.org\/v1\n-> scrypt [^ \n]+ ([1-9][0-9]{0,2})\n/.exec(head) ?? [];
  if (factor === undefined)
    refuse('unsupported', file, 'it is encrypted, and not with a passphrase; decrypt it with the tool that made it');
  if (Number(factor) > encryptionLimits.scryptWorkFactor)
    refuse(
      'work_factor',
      file,
      `its passphrase costs 2^${factor} steps to try; the limit is 2^${encryptionLimits.scryptWorkFactor}`,
    );
}

function identitiesIn(text: string, file: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim());
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (identities.length === 0) refuse('none', file, 'it holds no identity');
  if (identities.length > encryptionLimits.identities)
    refuse('too_many', file, `it holds more than ${encryptionLimits.identities} identities`);
  const stranger = identities.findIndex((line) => !/^AGE-SECRET-KEY-(PQ-)?1/.test(line));
  if (stranger >= 0)
    refuse(
      'unsupported',
      file,
      `entry ${stranger + 1} is no age identity that Assay knows (AGE-SECRET-KEY-1… or AGE-SECRET-KEY-PQ-1…)`,
    );
  return identities;
}

async function checkIdentity(identity: string, file: string): Promise<void> {
  try {
    await identityToRecipient(identity);
  } catch {
    refuse('unreadable', file, 'an identity in it is mistyped or cut off');
  }
}

function refuse(code: string, file: string, why: string): never {
  return raise('input', `identity.${code}`, `The key file ${file} cannot be used: ${why}.`, { file, reason: why });
}
