/** What the desktop package carries, held against what its main process and engine import. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, matchesGlob, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { applicationPath } from '../../../src-main/core/resources.ts';

const builder = z
  .object({ files: z.array(z.string()), asarUnpack: z.array(z.string()) })
  .parse(parse(readFileSync(applicationPath('electron-builder.yml'), 'utf8')));
const manifest = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
});
const readManifest = (folder: string) => manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));

const excluded = (path: string): boolean =>
  builder.files.some((pattern) => pattern.startsWith('!') && matchesGlob(path, pattern.slice(1)));

/** Source folders that end in dist/main: everything that main.ts and the engine's entries can reach. */
const bundled = ['src-shared', 'src-main/core', 'src-main/engine', 'src-main/hosts/electron', 'src-main/hosts/window'];

function importedPackages(): Set<string> {
  const found = new Set<string>();
  const files = bundled.flatMap((folder) =>
    readdirSync(applicationPath(folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => applicationPath(folder, name)),
  );
  for (const file of files) {
    for (const match of readFileSync(file, 'utf8').matchAll(
      /(?:^|\s)(?:from|import) '([^']+)'|(?:import|load|resolve)\('([^']+)'\)/gm,
    )) {
      const name = /^(@[a-z0-9._-]+\/)?[a-z][a-z0-9._-]*/.exec(match[1] ?? match[2] ?? '')?.[0];
      if (name && existsSync(applicationPath('node_modules', name))) found.add(name);
    }
  }
  return found;
}

/** Folders of the packages that `names` need, theirs included, found as Node finds them. */
function neededFolders(names: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  const visit = (name: string, from: string): void => {
    for (const base of createRequire(join(from, 'package.json')).resolve.paths(name) ?? []) {
      const folder = join(base, name);
      if (!existsSync(join(folder, 'package.json'))) continue;
      if (folders.has(folder)) return;
      folders.add(folder);
      for (const next of Object.keys(readManifest(folder).dependencies)) visit(next, folder);
      return;
    }
  };
  for (const name of names) visit(name, applicationPath());
  return folders;
}

// The build tool runs from a checkout only, and Electron is what the package is put into.
const notShipped = new Set(['vite', 'electron']);
const imported = [...importedPackages()].filter((name) => !notShipped.has(name));
const needed = neededFolders(imported);
const inPackage = (folder: string): string => relative(applicationPath(), folder);

describe('electron-builder.yml', () => {
  it('when the engine or main process imports a package it and all it needs are shipped', () => {
    expect(imported).toEqual(expect.arrayContaining(['better-sqlite3', 'pdfmake', 'dejavu-fonts-ttf', 'zod']));
    const missing = [...needed].map(inPackage).filter((folder) => excluded(join(folder, 'package.json')));
    expect(missing).toEqual([]);
  });

  it('when a package is used by the page or another host alone it is not shipped', () => {
    const all = neededFolders(Object.keys(readManifest(applicationPath()).dependencies));
    const superfluous = [...all]
      .filter((folder) => !needed.has(folder))
      .map(inPackage)
      .filter((folder) => !excluded(join(folder, 'package.json')));
    expect(superfluous).toEqual([]);
  });

  it('when something is opened by path it lies outside the archive', () => {
    const unpacked = (path: string): boolean => builder.asarUnpack.some((pattern) => matchesGlob(path, pattern));
    const pdfkit = inPackage(dirname(createRequire(applicationPath('package.json')).resolve('pdfkit')));
    for (const folder of [
      'node_modules/better-sqlite3/prebuilds',
      'node_modules/dejavu-fonts-ttf/ttf',
      `${pdfkit}/data`,
    ]) {
      const files = readdirSync(applicationPath(folder)).map((name) => join(folder, name));
      expect(files.length, folder).toBeGreaterThan(0);
      expect(files.filter((file) => !unpacked(file))).toEqual([]);
      expect(files.filter(excluded)).toEqual([]);
    }
  });
});
