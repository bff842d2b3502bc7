/**
 * What a window may ask of its host: carry a call of the contract, pick files, remember preferences. Nothing else.
 *
 * Both window hosts (Electron's preload, the Chromium binding) supply exactly this object as `window.assayHost`. A path never
 * crosses it: whatever a person picks comes back as a grant and a name to show. Every argument is parsed again on the
 * host's side with the schemas below, because a window is not trusted.
 */
import { z } from 'zod';
import type { Result } from '../result.ts';
import type { MethodName } from './contract.ts';
import type { Progress } from './progress.ts';
import { type Grant, grantSchema } from './schemas/workspace.ts';

export const preferencesSchema = z.strictObject({
  theme: z.enum(['auto', 'light', 'dark']).default('auto'),
  /** Single-letter shortcuts can be switched off (WCAG 2.1.4). */
  letterKeys: z.boolean().default(true),
  /** Off: the list of recent workspaces is emptied and stays empty. */
  rememberRecents: z.boolean().default(true),
  /** Minutes without a key or pointer event after which the workspace locks itself. */
  idleLockMinutes: z.int().min(1).max(30).default(5),
});
export type Preferences = z.infer<typeof preferencesSchema>;
export const defaultPreferences: Preferences = preferencesSchema.parse({});

/** Something a person picked or dropped. `bytes` is null for a folder. */
export const pickedSchema = z.strictObject({ grant: grantSchema, name: z.string(), bytes: z.number().nullable() });
export type Picked = z.infer<typeof pickedSchema>;

/** A place to write to. `location` says in words where that is, without a full path. */
export interface PickedTarget {
  readonly grant: Grant;
  readonly name: string;
  readonly location: string;
}

export interface RecentWorkspace {
  readonly grant: Grant;
  readonly name: string;
  /** Name of the folder that holds it, for telling two of the same name apart. */
  readonly location: string;
  readonly openedAt: string;
}

export interface HostInfo {
  readonly host: 'chromium' | 'electron';
  readonly version: string;
  readonly platform: string;
  /** In words, where `pickSave` puts files when it cannot ask. Null: it asks. */
  readonly exportsTo: string | null;
}

export const pickOpenSchema = z.strictObject({
  /** File name endings with their dot; empty: any file. */
  accept: z
    .array(z.string().regex(/^\.[a-z0-9.]{1,20}$/i))
    .max(20)
    .default([]),
  multiple: z.boolean().default(false),
  directory: z.boolean().default(false),
});
export type PickOpenOptions = z.input<typeof pickOpenSchema>;

/** A file name, never a path: no separators, no control characters, not hidden. */
export const fileNameSchema = z
  .string()
  .min(1)
  .max(200)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be in a file name.
  .regex(/^[^/\\:*?"<>|\u0000-\u001f.][^/\\:*?"<>|\u0000-\u001f]*$/);

export const pickSaveSchema = z.strictObject({ suggestedName: fileNameSchema });
export type PickSaveOptions = z.input<typeof pickSaveSchema>;

/** Something the window itself made (a picture of a graph, a table): the host puts it where `pickSave` would. */
export const saveBytesSchema = z.strictObject({
  suggestedName: fileNameSchema,
  bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.byteLength <= 256 * 1024 * 1024, { message: 'too large' }),
});
export type SaveBytes = z.input<typeof saveBytesSchema>;

/** What a host tells its window unasked. */
export type HostEvent =
  /** A file was opened with the application: from the system's file manager, the menu or a second start. */
  | { readonly type: 'open-files'; readonly files: readonly Picked[] }
  /** A workspace named on the command line, to be offered for unlocking. */
  | { readonly type: 'open-workspace'; readonly folder: Picked }
  | { readonly type: 'menu'; readonly command: MenuCommand };

/** Commands of the native menu; the palette offers the same ones. */
export const menuCommands = [
  'import',
  'lock',
  'palette',
  'help',
  'shortcuts',
  'settings',
  'back',
  'forward',
  'go-dashboard',
  'go-inventory',
  'go-lineage',
  'go-reconcile',
  'go-findings',
  'go-reports',
  'go-trust',
  'go-activity',
] as const;
export type MenuCommand = (typeof menuCommands)[number];

export const callIdSchema = z.string().regex(/^[0-9a-f-]{36}$/);

export interface AssayHost {
  readonly info: HostInfo;
  /** Carries one call. `callId` is a fresh UUID; `cancel(callId)` asks the engine to stop and roll back. */
  call(
    method: MethodName,
    input: unknown,
    callId: string,
    onProgress?: (progress: Progress) => void,
  ): Promise<Result<unknown>>;
  cancel(callId: string): void;
  pickOpen(options: PickOpenOptions): Promise<readonly Picked[]>;
  pickSave(options: PickSaveOptions): Promise<PickedTarget | null>;
  /** Writes what the window made; null when the person changed their mind. */
  saveBytes(file: SaveBytes): Promise<Omit<PickedTarget, 'grant'> | null>;
  /** A folder that does not exist yet, for a new workspace. */
  pickNewFolder(options: PickSaveOptions): Promise<PickedTarget | null>;
  /** Grants for files or folders dropped on the window. Takes the platform's `File` objects. */
  grantDropped(files: readonly unknown[]): Promise<readonly Picked[]>;
  recents(): Promise<readonly RecentWorkspace[]>;
  preferences(): Promise<Preferences>;
  setPreferences(preferences: Preferences): Promise<void>;
  /** Registers the one listener for host events; events that came earlier are delivered at once. */
  onEvent(listener: (event: HostEvent) => void): void;
}
