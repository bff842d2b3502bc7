/**
 * What a window remembers between starts: preferences and recent workspaces, in one file of this person's configuration
 * folder. Nothing from inside a workspace is ever written there.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { defaultPreferences, type Preferences, preferencesSchema } from '../../../src-shared/contract/bridge.ts';

const recentSchema = z.strictObject({ path: z.string(), name: z.string(), openedAt: z.string() });
export type RecentPath = z.infer<typeof recentSchema>;
const windowStateSchema = z.strictObject({
  width: z.int().min(400).max(16_000),
  height: z.int().min(300).max(16_000),
  maximised: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

const configSchema = z.strictObject({
  preferences: preferencesSchema.catch(defaultPreferences),
  recents: z.array(recentSchema).catch([]),
  window: windowStateSchema.optional().catch(undefined),
});
type Config = z.infer<typeof configSchema>;
const emptyConfig: Config = { preferences: defaultPreferences, recents: [] };

const maxRecents = 10;

export interface ConfigStore {
  preferences(): Preferences;
  /** Switching `rememberRecents` off also empties the list. */
  setPreferences(preferences: Preferences): void;
  recents(): readonly RecentPath[];
  remember(recent: RecentPath): void;
  windowState(): WindowState | undefined;
  setWindowState(state: WindowState): void;
}

/** A file that is missing, unreadable or from another version counts as empty: these are conveniences, not evidence. */
export function openConfig(folder: string = configFolder()): ConfigStore {
  const file = join(folder, 'window.json');
  let config = readConfig(file);
  const save = (next: Config): void => {
    config = next;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}.tmp`;
    writeFileSync(draft, JSON.stringify(config, null, 2), { mode: 0o600 });
    renameSync(draft, file);
  };
  return {
    preferences: () => config.preferences,
    setPreferences(preferences) {
      save({ ...config, preferences, recents: preferences.rememberRecents ? config.recents : [] });
    },
    recents: () => config.recents,
    remember(recent) {
      if (!config.preferences.rememberRecents) return;
      const others = config.recents.filter((r) => r.path !== recent.path);
      save({ ...config, recents: [recent, ...others].slice(0, maxRecents) });
    },
    windowState: () => config.window,
    setWindowState: (window) => save({ ...config, window }),
  };
}

function readConfig(file: string): Config {
  try {
    const parsed = configSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : emptyConfig;
  } catch {
    return emptyConfig;
  }
}

/** Where this system keeps a person's configuration; ASSAY_CONFIG_DIR overrides it. */
export function configFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['ASSAY_CONFIG_DIR']) return env['ASSAY_CONFIG_DIR'];
  if (process.platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Assay');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Assay');
  return join(env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'assay');
}
