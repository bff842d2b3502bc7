/** Where shipped data lies: beside the sources in a checkout, beside the bundle in a packaged application. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'resources', 'dictionary'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('resources folder not found beside the application');
    folder = parent;
  }
  return folder;
}

const root = findRoot();

/** Absolute path of a file under `resources/`. */
export const resourcePath = (...parts: string[]): string => join(root, 'resources', ...parts);

/** Absolute path of a file under `migrations/`. */
export const migrationsPath = (...parts: string[]): string => join(root, 'migrations', ...parts);

/** Root of the application: checkout, or unpacked package. */
export const applicationPath = (...parts: string[]): string => join(root, ...parts);
