/** Writes lines to a new file in batches of about 1 MiB. */
import { open } from 'node:fs/promises';

const batchBytes = 1024 * 1024;
const newline = Buffer.from('\n');

/** `next` gives one line without its newline, or null at the end. The file must not exist. */
export async function writeLines(
  path: string,
  next: () => Promise<Uint8Array | null> | Uint8Array | null,
): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    let batch: Uint8Array[] = [];
    let size = 0;
    const flush = async (): Promise<void> => {
      await handle.appendFile(Buffer.concat(batch));
      batch = [];
      size = 0;
    };
    for (let line = await next(); line !== null; line = await next()) {
      batch.push(line, newline);
      size += line.length + 1;
      if (size >= batchBytes) await flush();
    }
    await flush();
  } finally {
    await handle.close();
  }
}
