/** A ZIP writer that can lie: builds containers that no honest packer would, from honest members. */
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

export interface LabEntry {
  readonly name: string | Buffer;
  readonly content: Buffer;
  /** Overrides of what the headers say. */
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly bytes?: number;
  readonly compressed?: Buffer;
  readonly mode?: number;
  readonly localName?: string;
  readonly offset?: number;
  /** Size of the packed data as both headers state it. */
  readonly packedBytes?: number;
  /** What the local header says where it differs from the directory. */
  readonly local?: Partial<Record<'flags' | 'method' | 'crc' | 'packedBytes' | 'bytes', number>>;
  /** Extra field of the local header. */
  readonly localExtra?: Buffer;
  /** Bytes between the data and whatever comes next, e.g. a data descriptor. */
  readonly after?: Buffer;
}

/** Members of a packed bundle, in order (reads honest bundles only). */
export function membersOf(zip: Buffer): { readonly name: string; readonly content: Buffer }[] {
  const end = zip.lastIndexOf(Buffer.from('504b0506', 'hex'));
  const members: { name: string; content: Buffer }[] = [];
  for (let at = zip.readUInt32LE(end + 16); at < end; ) {
    const nameBytes = zip.readUInt16LE(at + 28);
    const name = zip.subarray(at + 46, at + 46 + nameBytes).toString();
    const start = zip.readUInt32LE(at + 42) + 30 + nameBytes;
    const packed = zip.subarray(start, start + zip.readUInt32LE(at + 20));
    members.push({ name, content: zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(packed) : packed });
    at += 46 + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return members;
}

export function buildZip(
  entries: readonly LabEntry[],
  options: { readonly comment?: string; readonly count?: number } = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const method = entry.method ?? 8;
    const packed = entry.compressed ?? (method === 8 ? deflateRawSync(entry.content) : entry.content);
    const crc = entry.crc ?? crc32(entry.content);
    const bytes = entry.bytes ?? entry.content.length;
    const packedBytes = entry.packedBytes ?? packed.length;
    const flags = entry.flags ?? 0x0800;
    const localName = Buffer.from(entry.localName ?? name);
    const common = Buffer.alloc(26);
    for (const [value, at] of [
      [20, 0],
      [flags, 2],
      [method, 4],
      [0, 6],
      [0x21, 8],
      [name.length, 22],
      [0, 24],
    ] as const)
      common.writeUInt16LE(value, at);
    for (const [value, at] of [
      [crc, 10],
      [packedBytes, 14],
      [bytes, 18],
    ] as const)
      common.writeUInt32LE(value, at);
    const localExtra = entry.localExtra ?? Buffer.alloc(0);
    const after = entry.after ?? Buffer.alloc(0);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), common, localName, localExtra, packed, after]);
    local.writeUInt16LE(entry.local?.flags ?? flags, 6);
    local.writeUInt16LE(entry.local?.method ?? method, 8);
    local.writeUInt32LE(entry.local?.crc ?? crc, 14);
    local.writeUInt32LE(entry.local?.packedBytes ?? packedBytes, 18);
    local.writeUInt32LE(entry.local?.bytes ?? bytes, 22);
    local.writeUInt16LE(localName.length, 26);
    local.writeUInt16LE(localExtra.length, 28);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((entry.mode ?? 0o100644) * 0x10000, 6);
    tail.writeUInt32LE(entry.offset ?? position, 10);
    directory.push(Buffer.concat([Buffer.from('504b01023f03', 'hex'), common, tail, name]));
    parts.push(local);
    position += local.length;
  }
  const listed = Buffer.concat(directory);
  const comment = Buffer.from(options.comment ?? '');
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(options.count ?? entries.length, 8);
  end.writeUInt16LE(options.count ?? entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(position, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, listed, end, comment]);
}
