/** Asks the browser, over its DevTools pipe, which paths a person picked; the page itself never learns them. */
import { sep } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { z } from 'zod';
import { inputMark } from './page-bridge.ts';

const tokenSchema = z.string().regex(/^[0-9a-f-]{36}$/);
const maxFiles = 10_000;

/**
 * Paths behind the hidden input that carries `token`. For a picked folder: the folder, taken from the first file's path and
 * its name relative to the folder. Read in an isolated world, where page scripts cannot have changed any prototype.
 */
export async function pathsOfPicked(page: Page, rawToken: unknown): Promise<readonly string[]> {
  const token = tokenSchema.parse(rawToken);
  const session = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await session.send('Page.getFrameTree');
    const { executionContextId } = await session.send('Page.createIsolatedWorld', {
      frameId: frameTree.frame.id,
      worldName: 'assay-picker',
    });
    const input = `document.querySelector('input[type=file][${inputMark}="${token}"]')`;
    const evaluate = async (expression: string): Promise<unknown> =>
      (await session.send('Runtime.evaluate', { expression, contextId: executionContextId, returnByValue: true }))
        .result.value;
    const files = z
      .number()
      .catch(0)
      .parse(await evaluate(`${input}?.files.length`));
    const folder = z
      .boolean()
      .catch(false)
      .parse(await evaluate(`${input}?.webkitdirectory`));
    if (folder) {
      const inside = z
        .string()
        .catch('')
        .parse(await evaluate(`${input}.files[0]?.webkitRelativePath`));
      const path = inside ? await pathOf(session, executionContextId, `${input}.files[0]`) : '';
      return path ? [folderOf(path, inside)] : [];
    }
    const paths: string[] = [];
    for (let n = 0; n < Math.min(files, maxFiles); n += 1) {
      const path = await pathOf(session, executionContextId, `${input}.files[${n}]`);
      if (path) paths.push(path);
    }
    return paths;
  } finally {
    await session.detach();
  }
}

/** `/a/b/pick/sub/x.json` and `pick/sub/x.json` give `/a/b/pick`. */
export function folderOf(path: string, inside: string): string {
  const segments = inside.split('/');
  const tail = segments.join(sep);
  if (segments.length < 2 || !path.endsWith(sep + tail))
    throw new Error('the picked folder and its file do not fit together');
  return path.slice(0, path.length - tail.length) + segments[0];
}

async function pathOf(session: CDPSession, contextId: number, expression: string): Promise<string> {
  const { result } = await session.send('Runtime.evaluate', { expression, contextId });
  if (!result.objectId) return '';
  return (await session.send('DOM.getFileInfo', { objectId: result.objectId })).path;
}
