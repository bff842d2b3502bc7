/** ZIP files that cost their reader more than their writer. */
import { deflateRawSync } from 'node:zlib';
import { buildZip, type LabEntry } from '../unit/snapshot/zip-lab.ts';

const endBytes = 22;
const localBytes = 30;
const centralBytes = 46;

/** A member of `real` zero bytes whose headers state `stated`. */
export const bombOf = (real: number, stated: number): Partial<LabEntry> => ({
  compressed: deflateRawSync(Buffer.alloc(real), { level: 9 }),
  bytes: stated,
});

/** Many entries over one kernel of data (D. Fifield, "A better zip bomb", USENIX WOOT 2019). */
export function overlappingBomb(entries: number): Buffer {
  const kernel = deflateRawSync(Buffer.alloc(1 << 20));
  return buildZip(
    Array.from({ length: entries }, (_, index) => ({
      name: `evidence/${index}`,
      content: Buffer.alloc(0),
      compressed: index === 0 ? kernel : Buffer.alloc(0),
      packedBytes: kernel.length,
      bytes: 1 << 20,
      offset: 0,
    })),
  );
}

/** `count` empty stored members named e0000000, …; the end record states `stated` entries. */
export function manyEntries(count: number, stated: number): Buffer {
  const nameBytes = 8;
  const empty = buildZip([{ name: 'e0000000', content: Buffer.alloc(0), method: 0 }]);
  const local = localBytes + nameBytes;
  const central = centralBytes + nameBytes;
  const zip = Buffer.alloc(count * (local + central) + endBytes);
  zip.fill(empty.subarray(0, local), 0, count * local);
  zip.fill(empty.subarray(local, local + central), count * local, count * (local + central));
  for (let index = 0; index < count; index += 1) {
    const name = String(index).padStart(nameBytes - 1, '0');
    const listed = count * local + index * central;
    zip.write(name, index * local + localBytes + 1, 'latin1');
    zip.write(name, listed + centralBytes + 1, 'latin1');
    zip.writeUInt32LE(index * local, listed + 42);
  }
  const end = zip.subarray(-endBytes);
  empty.copy(end, 0, empty.length - endBytes);
  end.writeUInt16LE(stated, 8);
  end.writeUInt16LE(stated, 10);
  end.writeUInt32LE(count * central, 12);
  end.writeUInt32LE(count * local, 16);
  return zip;
}

/** The same file with the locator of a Zip64 end record in front of its end (APPNOTE 6.3.10 section 4.3.15). */
export function zip64Locator(zip: Buffer): Buffer {
  const locator = Buffer.concat([Buffer.from('504b0607', 'hex'), Buffer.alloc(16, 0xff)]);
  return Buffer.concat([zip.subarray(0, -endBytes), locator, zip.subarray(-endBytes)]);
}
