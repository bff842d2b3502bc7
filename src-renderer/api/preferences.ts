/** This person's settings on this computer, kept by the host (a window's own storage lives only as long as the window). */
import { useSyncExternalStore } from 'react';
import { defaultPreferences, type Preferences } from '../../src-shared/contract/bridge.ts';
import { assayHost } from './bridge.ts';

let current: Preferences = defaultPreferences;
const listeners = new Set<() => void>();

const publish = (next: Preferences): void => {
  current = next;
  for (const listener of listeners) listener();
};

/** Called once before the first render, so that the theme does not flash. */
export async function loadPreferences(): Promise<void> {
  publish(await assayHost().preferences());
}

export async function setPreferences(change: Partial<Preferences>): Promise<void> {
  publish({ ...current, ...change });
  await assayHost().setPreferences(current);
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const preferences = (): Preferences => current;

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}

/** False when a person switched single-letter shortcuts off: lists then listen to arrows, Enter and Space only. */
export function useLetterKeys(): boolean {
  return usePreferences().letterKeys;
}
