/** Records shards with a line of 1 GiB, deflated while they are made: the file stays small, what it unpacks to does not. */

import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createDeflateRaw } from 'node:zlib';
import { buildZip } from '../unit/snapshot/zip-lab.ts';
import { changed, type GoodBundle } from './mutator.ts';

const gibibyte = 1024 ** 3;
const model = 'records/model-0001.ndjson';

async function deflatedLine(bytes: number): Promise<Buffer> {
  const chunk = Buffer.alloc(1 << 20, 0x20);
  function* line(): Generator<Buffer> {
    for (let at = 0; at < bytes; at += chunk.length) yield chunk;
  }
  return buffer(Readable.from(line()).pipe(createDeflateRaw({ level: 9 })));
}

export async function gibibyteLine({ members }: GoodBundle): Promise<Buffer> {
  return buildZip(changed(members, model, { compressed: await deflatedLine(gibibyte), bytes: gibibyte }));
}

/** Both headers state the size that was signed. */
export async function gibibyteLineBehindSmallSize({ members }: GoodBundle): Promise<Buffer> {
  return buildZip(changed(members, model, { compressed: await deflatedLine(gibibyte) }));
}
