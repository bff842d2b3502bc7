/**
 * The browser's profile folder: made for one window, removed after it. It should hold nothing of a workspace, and a folder that
 * does not exist can hold nothing at all; so those of windows that died without tidying up are removed by the next one.
 */
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const prefix = 'assay-window-';

/** The name holds the process that owns it. */
export function makeProfile(folder: string = tmpdir()): string {
  removeAbandoned(folder);
  return mkdtempSync(join(folder, `${prefix}${process.pid}-`));
}

/**
 * Process of the browser that uses a profile; null where it leaves no such mark (Windows, where open files cannot be removed
 * and the removal below is tried again). Chromium's lock is a link to `<host>-<process>`.
 */
export function browserOf(profile: string): number | null {
  try {
    const owner = /-(\d+)$/.exec(readlinkSync(join(profile, 'SingletonLock')))?.[1];
    return owner === undefined ? null : Number(owner);
  } catch {
    return null;
  }
}

/** A browser that closed its window still writes for a while: waits, up to five seconds, until its process is gone. */
export async function removeProfile(profile: string, browser: number | null = null): Promise<void> {
  for (let waits = 0; browser !== null && waits < 100 && isRunning(browser); waits += 1) await setTimeout(50);
  for (let attempt = 0; attempt < 20 && existsSync(profile); attempt += 1) {
    try {
      rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      await setTimeout(100);
    }
  }
}

function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    const owner = /^assay-window-(\d+)-/.exec(name)?.[1];
    if (owner === undefined || isRunning(Number(owner))) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // Another person's on a shared computer: theirs to remove.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
