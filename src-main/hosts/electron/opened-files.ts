/**
 * Files and workspaces named on a command line: our own at the start, another process's when the application is started a
 * second time. The second kind is hostile input: only absolute paths of things that exist and are ours by name count.
 */
import { isAbsolute } from 'node:path';

export interface Opened {
  readonly workspaces: readonly string[];
  readonly files: readonly string[];
}

export type KindOfPath = (path: string) => 'file' | 'folder' | 'none';

const fileEndings = ['.assay', '.pdf'];
const maxArguments = 64;
const maxLength = 4096;

export function openedFrom(args: readonly string[], kindOf: KindOfPath): Opened {
  const paths = args
    .slice(0, maxArguments)
    .filter((arg) => arg.length <= maxLength && !arg.startsWith('-') && !arg.includes('\0') && isAbsolute(arg));
  return {
    workspaces: paths.filter((path) => kindOf(path) === 'folder').slice(0, 1),
    files: paths.filter(
      (path) => fileEndings.some((ending) => path.toLowerCase().endsWith(ending)) && kindOf(path) === 'file',
    ),
  };
}
