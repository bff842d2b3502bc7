/** Where a host writes when it cannot ask: a fixed folder, and never over something that exists. */
import { existsSync } from 'node:fs';
import { join, parse } from 'node:path';

/** `report.pdf`, then `report (2).pdf`, … */
export function freePath(folder: string, name: string): string {
  const { name: stem, ext } = parse(name);
  for (let n = 1; ; n += 1) {
    const path = join(folder, n === 1 ? name : `${stem} (${n})${ext}`);
    if (!existsSync(path)) return path;
  }
}
