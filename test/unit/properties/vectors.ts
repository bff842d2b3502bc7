/** Where the public vectors lie (their README names source, commit and licence). */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..', 'fixtures', 'vectors');

export const readVector = (...path: string[]): Buffer => readFileSync(join(root, ...path));

/** Files below a folder by their paths relative to it. */
export const listVectors = (...path: string[]): string[] =>
  readdirSync(join(root, ...path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, ...path).length + 1))
    .sort();
