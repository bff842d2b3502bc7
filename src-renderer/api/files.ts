/** Picking files and folders. What comes back is a grant and a name; the window never sees a path. */
import type { Picked, PickedTarget, PickOpenOptions } from '../../src-shared/contract/bridge.ts';
import { assayHost } from './bridge.ts';
import { asFileName } from './file-name.ts';

/** Lets a person choose a file; null when they changed their mind. */
export async function pickFile(options: Pick<PickOpenOptions, 'accept'> = {}): Promise<Picked | null> {
  return (await assayHost().pickOpen(options))[0] ?? null;
}

export function pickFiles(options: Pick<PickOpenOptions, 'accept'> = {}): Promise<readonly Picked[]> {
  return assayHost().pickOpen({ ...options, multiple: true });
}

/** An existing folder. */
export async function pickFolder(): Promise<Picked | null> {
  return (await assayHost().pickOpen({ directory: true }))[0] ?? null;
}

/** A folder that does not exist yet. */
export function pickNewFolder(suggestedName: string): Promise<PickedTarget | null> {
  return assayHost().pickNewFolder({ suggestedName: asFileName(suggestedName) });
}

/** A file to write; nothing that exists is overwritten without the person's word. */
export function pickSave(suggestedName: string): Promise<PickedTarget | null> {
  return assayHost().pickSave({ suggestedName: asFileName(suggestedName) });
}

/** Grants for what was dropped on the window. */
export function grantDropped(transfer: DataTransfer): Promise<readonly Picked[]> {
  return assayHost().grantDropped([...transfer.files]);
}
