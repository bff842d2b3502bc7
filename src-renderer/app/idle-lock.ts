/** Locks after some minutes without a key or pointer; a running job keeps it open, because locking would roll it back. */
import { useEffect } from 'react';
import { anyJobRunning } from '../api/jobs.ts';
import { usePreferences } from '../api/preferences.ts';

const watched = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const;

export function useIdleLock(unlocked: boolean, lock: () => void): void {
  const { idleLockMinutes } = usePreferences();
  useEffect(() => {
    if (!unlocked) return;
    let last = performance.now();
    const touch = (): void => {
      last = performance.now();
    };
    for (const name of watched) window.addEventListener(name, touch, { capture: true, passive: true });
    const timer = setInterval(() => {
      if (anyJobRunning()) touch();
      else if (performance.now() - last > idleLockMinutes * 60_000) lock();
    }, 5_000);
    return () => {
      clearInterval(timer);
      for (const name of watched) window.removeEventListener(name, touch, { capture: true });
    };
  }, [unlocked, idleLockMinutes, lock]);
}
