/**
 * Evidence on its way into a bundle: one member a file while they fit, shared members when they do not.
 *
 * A statement names at most 1024 subjects, so further evidence is named by the signed `evidence/SHA256SUMS`. A container
 * holds at most 4096 members and 512 KiB of directory, so beyond that small files share members (evidence-bundle.ts).
 */
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { sha256Hex } from '../canonical-json.ts';
import { writeChecksums } from './checksums.ts';
import { evidenceLine } from './evidence-bundle.ts';
import { limits } from './limits.ts';
import { checksumsMember, evidenceBundleName } from './names.ts';
import { digestOf, type PackSource, refusePack, type SourceFile, streamSource } from './pack-source.ts';
import { type MemberFile, mediaTypes } from './statement.ts';
import type { WritableMember } from './zip-write.ts';

export interface PackedEvidence {
  readonly members: readonly WritableMember[];
  /** Entries of the members that are subjects. */
  readonly files: readonly MemberFile[];
}

interface Piece {
  readonly member: WritableMember;
  readonly mediaType: string;
}

/** Bytes of one directory entry without its name. */
const entryBytes = 46;

/** `others`: names of all members that are not evidence. Raises `input` / `pack.too_many_files` when nothing makes them fit. */
export async function packEvidence(
  source: PackSource,
  others: readonly string[],
  subjectsTaken: number,
): Promise<PackedEvidence> {
  const files = source.evidence;
  const pieces = fits([...others, checksumsMember, ...files.map((file) => file.name)])
    ? await inTurn(files, singleFile)
    : await shareMembers(files);
  if (!fits([...others, checksumsMember, ...pieces.map(({ member }) => member.name)])) {
    refusePack(
      'too_many_files',
      source.folder,
      'it holds more large evidence files than one bundle can name; collect fewer sources at a time',
    );
  }
  return nameBySubjects(pieces, limits.subjects - subjectsTaken);
}

function fits(names: readonly string[]): boolean {
  const directory = names.reduce((sum, name) => sum + entryBytes + Buffer.byteLength(name), 0);
  return names.length <= limits.members && directory <= limits.centralDirectoryBytes;
}

async function singleFile(file: SourceFile): Promise<Piece> {
  const open = () => streamSource(file);
  return { member: { name: file.name, ...(await digestOf(open())), open }, mediaType: mediaTypes.evidence };
}

/** Shared members come first: only subjects can say that they are shared. */
async function shareMembers(files: readonly SourceFile[]): Promise<readonly Piece[]> {
  const groups: SourceFile[][] = [];
  const large: SourceFile[] = [];
  let room = 0;
  for (const file of files) {
    const line = file.bytes > limits.lineBytes ? null : evidenceLine(file.name, await readFile(file.path));
    if (!line) {
      large.push(file);
      continue;
    }
    if (line.length > room) {
      groups.push([]);
      room = limits.memberBytes;
    }
    groups.at(-1)?.push(file);
    room -= line.length;
  }
  return [...(await inTurn(groups, sharedMember)), ...(await inTurn(large, singleFile))];
}

/** One after the other: thousands of files open at once would exhaust descriptors. */
async function inTurn<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const [index, item] of items.entries()) results.push(await work(item, index));
  return results;
}

async function sharedMember(files: readonly SourceFile[], index: number): Promise<Piece> {
  const open = () => evidenceLines(files);
  return {
    member: { name: evidenceBundleName(index + 1), ...(await digestOf(open())), open },
    mediaType: mediaTypes.evidenceBundle,
  };
}

async function* evidenceLines(files: readonly SourceFile[]): AsyncGenerator<Buffer> {
  for (const file of files) {
    const line = evidenceLine(file.name, await readFile(file.path));
    if (!line) return refusePack('changed', file.path, 'it grew while it was packed', file.name);
    yield line;
  }
}

/** As many as fit become subjects; the rest is named by the checksum list, itself a subject. */
function nameBySubjects(pieces: readonly Piece[], room: number): PackedEvidence {
  const direct = pieces.length <= room ? pieces : pieces.slice(0, room - 1);
  const rest = pieces.slice(direct.length).map(({ member }) => member);
  const files = direct.map(({ member, mediaType }) => fileEntry(member, mediaType));
  const members = direct.map(({ member }) => member);
  if (rest.length === 0) return { members, files };
  const list = writeChecksums(rest);
  const checksums = bufferMember(checksumsMember, list);
  return { members: [...members, checksums, ...rest], files: [...files, fileEntry(checksums, mediaTypes.checksums)] };
}

const fileEntry = (member: WritableMember, mediaType: string): MemberFile => ({
  name: member.name,
  kind: 'evidence',
  mediaType,
  bytes: member.bytes,
  records: 0,
});

function bufferMember(name: string, bytes: Buffer): WritableMember {
  return { name, bytes: bytes.length, sha256: sha256Hex(bytes), open: () => Readable.from([bytes]) };
}
