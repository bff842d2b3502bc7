/** Tar archives as the known attacks on tar readers write them (POSIX.1-2024 pax, GNU tar). Assay reads no tar at all. */

const block = 512;

function entry(name: string, type: string, content: Buffer): Buffer {
  const header = Buffer.alloc(block);
  header.write(name, 0, 100, 'latin1');
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((block - (content.length % block)) % block)]);
}

const paxRecord = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`;
  const length = rest.length + String(rest.length + 2).length;
  return `${length}${rest}`;
};

const end = Buffer.alloc(2 * block);

/** A pax header gives the next entry another path and another size than its own header says. */
export const paxOverride = (): Buffer =>
  Buffer.concat([
    entry('PaxHeader', 'x', Buffer.from(paxRecord('path', '../../x') + paxRecord('size', '4'))),
    entry('records/model-0001.ndjson', '0', Buffer.from('{"body"')),
    end,
  ]);

/** A GNU long name entry replaces the name of the one behind it. */
export const gnuLongName = (): Buffer =>
  Buffer.concat([
    entry('././@LongLink', 'L', Buffer.from(`${'../'.repeat(60)}x\0`)),
    entry('records/model-0001.ndjson', '0', Buffer.from('{}\n')),
    end,
  ]);
