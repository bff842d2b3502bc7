/**
 * The central directory of a ZIP file (APPNOTE 6.3.10 sections 4.3.12 and 4.3.16), read strictly and in one go.
 *
 * A general reader tries to open as much as it can; this one must give the same answer as every other reader or none, so
 * whatever is ambiguous is refused. A ZIP file among the members is content: its end record is no second end of this file when
 * this file's own directory accounts for every byte. What differs from a packer's own layout without changing any content is
 * an "alteration": noted and shown, not refused (decisions.md 7). Zip64 is refused: no bundle within the limits needs it.
 */
import { raise } from '../../../src-shared/result.ts';
import type { ReadAt } from '../byte-source.ts';
import { limits } from './limits.ts';
import { foldName, nameProblem } from './names.ts';
import { sealIn } from './seal.ts';
import { type EndRecord, endRecordBytes, findEnds, type Refuse } from './zip-end.ts';

export interface ZipEntry {
  readonly name: string;
  readonly rawName: Buffer;
  readonly flags: number;
  readonly method: 0 | 8;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  /** Position of the local header in the file. */
  readonly offset: number;
  /** Position of whatever comes next: the following local header or the central directory. */
  readonly end: number;
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  readonly alterations: readonly string[];
  /** The packer's seal over everything before the end record, and how many bytes that are; null: there is none. */
  readonly seal: { readonly digest: string; readonly bytes: number } | null;
}

/** The packer's constants: anything else is an alteration. */
export const packerHeader = {
  versionMadeBy: (3 << 8) | 63,
  versionNeeded: 20,
  time: 0,
  /** 1980-01-01, the earliest a ZIP file can say. */
  date: 0x21,
  mode: 0o100644,
} as const;

const entrySignature = 0x02014b50;
const flag = { encrypted: 0x0001, deflateLevel: 0x0006, descriptor: 0x0008, utf8: 0x0800 } as const;
const fileTypeMask = 0o170000;
const regularFile = 0o100000;

export const hasDescriptor = (entry: ZipEntry): boolean => (entry.flags & flag.descriptor) !== 0;

/** Reads and checks the directory. Raises `input` / `container.*`. */
export async function readZipDirectory(readAt: ReadAt, size: number, file: string): Promise<ZipDirectory> {
  const { end, others } = await findEnds(readAt, size, (code, why) => refuseContainer(file, code, why));
  const refuse: Refuse = (code, why, member) =>
    others.length > 0 && code === 'directory_damaged'
      ? refuseAmbiguous(file)
      : refuseContainer(file, code, why, member);
  if (end.entries > limits.members)
    refuse('too_many_members', `it lists ${end.entries} members; the limit is ${limits.members}`);
  const start = end.position - end.directoryBytes;
  const prefix = start - end.directoryOffset;
  const directory = await readAt(start, end.directoryBytes);

  const alterations = new Set<string>();
  if (prefix > 0) alterations.add('bytes before the first member or between the members and the directory');
  const digest = end.commentBytes === end.trailing.length ? sealIn(end.trailing) : null;
  if (digest === null) alterations.add('the seal of the packer is missing or followed by other bytes');
  const parsed = parseEntries(directory, end.entries, prefix, alterations, refuse);
  const entries = layOut(parsed, start, alterations, refuse);
  if (others.length > 0 && !(leavesNoGap(entries) && others.every((other) => isContent(other, entries))))
    refuseAmbiguous(file);
  return {
    entries,
    alterations: [...alterations],
    seal: digest === null ? null : { digest, bytes: end.position },
  };
}

/** Raises the failure of a container that cannot be read for one meaning. */
export function refuseContainer(file: string, code: string, why: string, member?: string): never {
  return raise(
    'input',
    `container.${code}`,
    `${file} cannot be read as a snapshot bundle: ${why}. Nothing was imported.`,
    {
      file,
      reason: why,
      ...(member === undefined ? {} : { member }),
    },
  );
}

const refuseAmbiguous = (file: string): never =>
  refuseContainer(file, 'ambiguous', 'it has two ends of a directory, so that readers may see different members');

type ParsedEntry = Omit<ZipEntry, 'end'>;

function parseEntries(
  directory: Buffer,
  count: number,
  prefix: number,
  alterations: Set<string>,
  refuse: Refuse,
): ParsedEntry[] {
  const entries: ParsedEntry[] = [];
  const folded = new Set<string>();
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== entrySignature) {
      return refuse('directory_damaged', `entry ${index + 1} of the directory is damaged`);
    }
    const header = directory.subarray(at, at + 46);
    const nameEnd = at + 46 + header.readUInt16LE(28);
    const entryEnd = nameEnd + header.readUInt16LE(30) + header.readUInt16LE(32);
    if (entryEnd > directory.length)
      return refuse('directory_damaged', `entry ${index + 1} of the directory runs past its end`);
    const rawName = directory.subarray(at + 46, nameEnd);
    const name = rawName.toString('utf8');
    at = entryEnd;
    if (name.endsWith('/') && header.readUInt32LE(24) === 0) {
      alterations.add('entries for folders');
      continue;
    }
    const entry = parseEntry(header, rawName, name, prefix, refuse);
    const fold = foldName(name);
    if (folded.has(fold))
      return refuse(
        'duplicate_member',
        `two members have the name "${name}" or one that a file system takes for it`,
        name,
      );
    folded.add(fold);
    noteAlterations(header, name, alterations);
    entries.push(entry);
  }
  if (at !== directory.length) refuse('directory_damaged', 'the directory holds more than the entries it counts');
  return entries;
}

function parseEntry(header: Buffer, rawName: Buffer, name: string, prefix: number, refuse: Refuse): ParsedEntry {
  const flags = header.readUInt16LE(8);
  const method = header.readUInt16LE(10);
  const compressedBytes = header.readUInt32LE(20);
  const bytes = header.readUInt32LE(24);
  const mode = header.readUInt32LE(38) >>> 16;
  const nameIssue = nameProblem(name) ?? (isAscii(rawName) || flags & flag.utf8 ? null : 'name not marked as UTF-8');
  if (nameIssue) refuse('member_name', `member name ${JSON.stringify(name)}: ${nameIssue}`, name);
  if (flags & ~(flag.deflateLevel | flag.descriptor | flag.utf8)) {
    refuse(
      'member_flags',
      flags & flag.encrypted ? `member "${name}" is encrypted` : `member "${name}" has unknown flags`,
      name,
    );
  }
  if (method !== 0 && method !== 8)
    return refuse(
      'member_method',
      `member "${name}" uses compression method ${method}; only stored and deflate are read`,
      name,
    );
  if ((mode & fileTypeMask) !== 0 && (mode & fileTypeMask) !== regularFile) {
    refuse('member_type', `member "${name}" is a link, folder or device, not a file`, name);
  }
  if (header.readUInt16LE(34) !== 0) refuse('directory_damaged', `member "${name}" lies on another disk`, name);
  if (bytes > limits.memberBytes)
    refuse('member_too_large', `member "${name}" unpacks to ${bytes} bytes; the limit is ${limits.memberBytes}`, name);
  if (method === 0 && compressedBytes !== bytes)
    refuse('directory_damaged', `member "${name}" is stored with two different sizes`, name);
  if (bytes - limits.ratioFreeBytes > limits.ratio * compressedBytes) {
    refuse('member_ratio', `member "${name}" unpacks to more than ${limits.ratio} times its size`, name);
  }
  return {
    name,
    rawName,
    flags,
    method,
    crc32: header.readUInt32LE(16),
    compressedBytes,
    bytes,
    offset: header.readUInt32LE(42) + prefix,
  };
}

const isAscii = (bytes: Buffer): boolean => bytes.every((byte) => byte < 0x80);

function noteAlterations(header: Buffer, name: string, alterations: Set<string>): void {
  const asPacked =
    header.readUInt16LE(4) === packerHeader.versionMadeBy &&
    header.readUInt16LE(6) === packerHeader.versionNeeded &&
    (header.readUInt16LE(8) & ~flag.descriptor) === flag.utf8 &&
    header.readUInt16LE(12) === packerHeader.time &&
    header.readUInt16LE(14) === packerHeader.date &&
    header.readUInt16LE(30) === 0 &&
    header.readUInt16LE(32) === 0 &&
    header.readUInt16LE(36) === 0 &&
    header.readUInt32LE(38) === packerHeader.mode * 0x10000;
  if (!asPacked) alterations.add(`directory entry of ${name}`);
}

/** Orders entries by position, refuses overlaps (Fifield) and notes gaps. A packer leaves none. */
function layOut(
  entries: readonly ParsedEntry[],
  directoryStart: number,
  alterations: Set<string>,
  refuse: Refuse,
): ZipEntry[] {
  const ordered = [...entries].sort((a, b) => a.offset - b.offset);
  if (ordered.some((entry, index) => entry !== entries[index]))
    alterations.add('members in another order than the directory');
  if ((ordered[0]?.offset ?? 0) !== 0) alterations.add('bytes before the first member');
  return ordered.map((entry, index) => {
    const end = ordered[index + 1]?.offset ?? directoryStart;
    const least = entry.offset + 30 + entry.rawName.length + entry.compressedBytes;
    if (least > end) return refuse('overlap', `member "${entry.name}" overlaps what follows it`, entry.name);
    return { ...entry, end };
  });
}

/** Where the data of a member begins, as far as the directory tells: a local header with an extra field leaves less room. */
const dataStartOf = ({ offset, rawName }: ZipEntry): number => offset + 30 + rawName.length;

/**
 * Whether the members, as the directory states them, fill the file from its first byte to the directory. Local headers are
 * compared with the directory when members are read, so that nothing else can stand between.
 */
function leavesNoGap(entries: readonly ZipEntry[]): boolean {
  return (
    (entries[0]?.offset ?? -1) === 0 &&
    entries.every((entry) => {
      const gap = entry.end - dataStartOf(entry) - entry.compressedBytes;
      return hasDescriptor(entry) ? gap === 12 || gap === 16 : gap === 0;
    })
  );
}

/** Whether the whole record lies in the data of one member. */
const isContent = ({ position, commentBytes }: EndRecord, entries: readonly ZipEntry[]): boolean =>
  entries.some((entry) => {
    const start = dataStartOf(entry);
    return position >= start && position + endRecordBytes + commentBytes <= start + entry.compressedBytes;
  });
