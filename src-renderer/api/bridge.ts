/** The host behind this window. Types come from src-shared; each host supplies the object before any script runs. */
import type { AssayHost } from '../../src-shared/contract/bridge.ts';

declare global {
  interface Window {
    readonly assayHost?: AssayHost;
  }
}

/** The host's bridge. Opening the page in an ordinary browser is a mistake that deserves a sentence. */
export function assayHost(): AssayHost {
  if (!window.assayHost) {
    throw new Error('This page is the window of Assay and works only inside it: start it with "assay open".');
  }
  return window.assayHost;
}
