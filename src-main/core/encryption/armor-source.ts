/**
 * ASCII armor of age as random-access bytes (C2SP age.md, "ASCII armor"): a strict PEM, 48 bytes on every line of 64
 * characters, so that a position in the file follows from a position in the content and nothing is unpacked beforehand.
 */
import type { ByteSource } from '../byte-source.ts';
import { armorStart } from './age-head.ts';
import { refuseEncrypted } from './refuse.ts';

const armorEnd = '-----END AGE ENCRYPTED FILE-----';
const lineChars = 64;
const lineBytes = 48;
/** Blank space that editors and mail programs leave after the last line. */
const trailingBlanks = 256;

/** The bytes inside the armor. Closing it closes `source`. Raises `input` / `bundle.armor`. */
export async function dearmored(source: ByteSource): Promise<ByteSource> {
  const refuse = (why: string): never => refuseEncrypted(source.file, 'armor', `its armor is damaged: ${why}`);
  const head = (await source.read(0, Math.min(source.size, armorStart.length + 2))).toString('latin1');
  const newline = head.startsWith(`${armorStart}\n`) ? '\n' : head === `${armorStart}\r\n` ? '\r\n' : null;
  if (newline === null) return refuse('its first line does not end where it should');

  const bodyStart = armorStart.length + newline.length;
  const tailStart = Math.max(bodyStart, source.size - armorEnd.length - trailingBlanks);
  const tail = (await source.read(tailStart, source.size - tailStart)).toString('latin1');
  const footer = tail.lastIndexOf(newline + armorEnd);
  if (footer < 0 || tail.slice(footer + newline.length + armorEnd.length).trim() !== '')
    return refuse('its last line is missing');

  const body = { start: bodyStart, end: tailStart + footer };
  const rowChars = lineChars + newline.length;
  const rows = Math.ceil((body.end - body.start + newline.length) / rowChars);
  const lastRow = body.start + (rows - 1) * rowChars;
  if (rows < 1 || body.end <= lastRow || body.end - lastRow > lineChars)
    return refuse('its lines do not have 64 characters');
  const lastBytes = decodeRow((await source.read(lastRow, body.end - lastRow)).toString('latin1')) ?? refuse('base64');

  return {
    file: source.file,
    size: (rows - 1) * lineBytes + lastBytes.length,
    async read(position, length) {
      const first = Math.floor(position / lineBytes);
      const last = Math.floor((position + length - 1) / lineBytes);
      if (length === 0) return Buffer.alloc(0);
      const from = body.start + first * rowChars;
      const to = Math.min(body.end, body.start + last * rowChars + lineChars);
      const text = (await source.read(from, to - from)).toString('latin1');
      const bytes = text.split(newline).map((row, index) => {
        const decoded = decodeRow(row);
        const whole = first + index === rows - 1 || row.length === lineChars;
        return decoded && whole ? decoded : refuse(`line ${first + index + 2} is not 64 characters of base64`);
      });
      const start = position - first * lineBytes;
      return Buffer.concat(bytes).subarray(start, start + length);
    },
    close: () => source.close(),
  };
}

/** One line in canonical base64 with its padding, or null. */
function decodeRow(row: string): Buffer | null {
  const bytes = Buffer.from(row, 'base64');
  return row !== '' && bytes.toString('base64') === row ? bytes : null;
}
