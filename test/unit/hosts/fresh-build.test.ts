/** Which window opens, and when it is built first. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { electronBinary } from '../../../src-main/hosts/cli/commands/open.ts';
import { ensureFresh } from '../../../src-main/hosts/window/fresh-build.ts';

let root: string;
let builds: number;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'assay-build-'));
  mkdirSync(join(root, 'src', 'deep'), { recursive: true });
  writeFileSync(join(root, 'src', 'deep', 'a.ts'), '');
  writeFileSync(join(root, 'config.ts'), '');
  builds = 0;
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const ensure = (failing = false) =>
  ensureFresh({
    folder: join(root, 'dist'),
    marker: 'main.js',
    sources: [join(root, 'src'), join(root, 'config.ts'), join(root, 'not-there')],
    announce: () => {
      builds += 1;
    },
    async build(draft) {
      mkdirSync(draft, { recursive: true });
      writeFileSync(join(draft, 'main.js'), `build ${builds}`);
      if (failing) throw new Error('broken source');
    },
  });
const built = () => readFileSync(join(root, 'dist', 'main.js'), 'utf8');
const touch = (path: string, seconds: number) =>
  utimesSync(join(root, path), Date.now() / 1000 + seconds, Date.now() / 1000 + seconds);

describe('ensureFresh', () => {
  it('when there is no build one is made, and a second start uses it', async () => {
    touch('src/deep/a.ts', -60);
    touch('config.ts', -60);
    expect(await ensure()).toBe(join(root, 'dist'));
    await ensure();
    expect([builds, built()]).toEqual([1, 'build 1']);
  });

  it.each(['src/deep/a.ts', 'config.ts'])('when %s changed after the build it is built again', async (path) => {
    await ensure();
    touch(path, 60);
    await ensure();
    expect(built()).toBe(`build ${builds}`);
    expect(builds).toBeGreaterThan(1);
  });

  it('when a build fails the earlier one stays whole and no draft is left behind', async () => {
    await ensure();
    touch('config.ts', 60);
    await expect(ensure(true)).rejects.toThrow('broken source');
    expect(built()).toBe('build 1');
    expect(readdirSync(root).sort()).toEqual(['config.ts', 'dist', 'src']);
  });

  it('when there are no sources, as in a package, the build is used as it is or said to be missing', async () => {
    await ensure();
    rmSync(join(root, 'src'), { recursive: true });
    touch('config.ts', 60);
    await ensure();
    expect(builds).toBe(1);
    rmSync(join(root, 'dist'), { recursive: true });
    await expect(ensure()).rejects.toMatchObject({ failure: { code: 'window.not_built' } });
    expect(existsSync(join(root, 'dist'))).toBe(false);
  });
});

describe('electronBinary', () => {
  it('when the package is there without its program, or without the marker, there is none', () => {
    const folder = join(root, 'electron');
    expect(electronBinary(folder)).toBeNull();
    mkdirSync(join(folder, 'dist', 'Electron.app'), { recursive: true });
    writeFileSync(join(folder, 'path.txt'), 'Electron.app/Electron');
    expect(electronBinary(folder)).toBeNull();
    writeFileSync(join(folder, 'dist', 'Electron.app', 'Electron'), '');
    expect(electronBinary(folder)).toBe(join(folder, 'dist', 'Electron.app', 'Electron'));
    rmSync(join(folder, 'path.txt'));
    expect(electronBinary(folder)).toBeNull();
  });
});
