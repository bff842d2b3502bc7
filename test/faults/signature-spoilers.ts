/** Ways to spoil a signature file: its JSON, its text, and the spellings of one signature that are not its own. */

import { signatureMember } from '../../src-main/core/snapshot/names.ts';
import { signDsse } from '../../src-main/core/trust/dsse.ts';
import { inTotoPayloadType } from '../../src-shared/domain/snapshot.ts';
import { buildZip } from '../unit/snapshot/zip-lab.ts';
import type { Case } from './cases.ts';
import { derOf, numbersOf, order } from './ecdsa-numbers.ts';
import {
  contentOf,
  type GoodBundle,
  type LooseBundle,
  publish,
  publisher,
  spoilSignature,
  withSignature,
} from './mutator.ts';

export interface LooseSignature {
  sig: string;
  keyid?: string;
}

/** The JSON of the signature file, changed. */
export const spoiled =
  (change: (bundle: LooseBundle, first: LooseSignature, good: GoodBundle) => void): Case[1] =>
  (good) =>
    spoilSignature(good, (bundle, first) => change(bundle, first, good));

/** Another signature over the genuine payload. */
export const signed = (make: (payload: Buffer) => Buffer): Case[1] =>
  spoiled((_, first, good) => {
    first.sig = make(good.payload).toString('base64');
  });

/** A signature file of exactly this text. */
export const signatureFile =
  (text: string): Case[1] =>
  (good) =>
    buildZip(withSignature(good.members, text));

/** The text of the signature file, edited. */
export const edited =
  (edit: (text: string) => string): Case[1] =>
  (good) =>
    buildZip(withSignature(good.members, edit(contentOf(good.members, signatureMember).toString())));

/** A statement that the publisher really signed, with another text. */
export const restated =
  (edit: (text: string) => string): Case[1] =>
  (good) =>
    publish(good, { payload: edit });

/** A genuine signature of the publisher. */
export const signature = (payload: Buffer): Buffer => signDsse(inTotoPayloadType, payload, publisher.privateKey);

const unpadded = (text: string): string => text.replace(/=+$/, '');

export function otherPadding(text: string): string {
  return text.endsWith('=') ? unpadded(text) : `${text}=`;
}

export function mixedAlphabets(text: string): string {
  return `-/${text.slice(2)}`;
}

/** base64 leaves 2 or 4 bits of its last character unused; a text without padding gets two more bytes first. */
export function withUnusedBits(text: string): string {
  const padded = text.endsWith('=')
    ? text
    : Buffer.concat([Buffer.from(text, 'base64'), Buffer.alloc(1)]).toString('base64');
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const bare = unpadded(padded);
  const last = alphabet[alphabet.indexOf(bare.at(-1) ?? 'A') + 1] ?? 'B';
  return bare.slice(0, -1) + last + '='.repeat(padded.length - bare.length);
}

export function withLeadingZero(der: Buffer): Buffer {
  const mutant = Buffer.concat([der.subarray(0, 4), Buffer.alloc(1), der.subarray(4)]);
  mutant[1] = (mutant[1] ?? 0) + 1;
  mutant[3] = (mutant[3] ?? 0) + 1;
  return mutant;
}

export const inLongForm = (der: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x30, 0x81, der.length - 2]), der.subarray(2)]);

export function beyondOrder(der: Buffer): Buffer {
  const { r, s } = numbersOf(der);
  return derOf(r + order, s);
}
