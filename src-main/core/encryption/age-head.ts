/** What tells an age file from any other by its first bytes, binary or armored (C2SP age.md). Needs no part of the library. */
import type { ByteSource } from '../byte-source.ts';

const versionLine = 'age-encryption.org/v1\n';
export const armorStart = '-----BEGIN AGE ENCRYPTED FILE-----';

export const isArmored = (head: Uint8Array): boolean => textOf(head) === armorStart;
export const isAgeHead = (head: Uint8Array): boolean => textOf(head).startsWith(versionLine) || isArmored(head);

const textOf = (head: Uint8Array): string => Buffer.from(head.subarray(0, armorStart.length)).toString('latin1');

export const headOf = (source: ByteSource): Promise<Buffer> => source.read(0, Math.min(source.size, armorStart.length));
