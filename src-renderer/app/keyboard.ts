/**
 * The keyboard map and the one listener for its global part.
 *
 * Letters are silent inside text fields and dialogs, and all together when a person switched them off (WCAG 2.1.4); keys with
 * Ctrl stay. On macOS, Command does what Ctrl does elsewhere.
 */
import { preferences } from '../api/preferences.ts';
import { places } from './navigation.ts';

export interface Shortcut {
  /** As people read it: `Ctrl+K`, `G then D`. */
  readonly keys: string;
  readonly does: string;
  readonly letters: boolean;
}

export const shortcutGroups: readonly { readonly title: string; readonly shortcuts: readonly Shortcut[] }[] = [
  {
    title: 'Anywhere',
    shortcuts: [
      { keys: 'Ctrl+K', does: 'Command palette', letters: false },
      { keys: 'Ctrl+O', does: 'Import a snapshot', letters: false },
      { keys: 'Ctrl+F', does: 'Filter or search this screen', letters: false },
      { keys: 'Ctrl+1 … 9', does: 'Go to a screen by its place in the list', letters: false },
      { keys: 'Ctrl+L', does: 'Lock the workspace', letters: false },
      { keys: 'Ctrl+,', does: 'Settings', letters: false },
      { keys: 'Alt+← / →', does: 'Back and forward', letters: false },
      { keys: 'F6 / Shift+F6', does: 'Next and previous pane', letters: false },
      { keys: '?', does: 'This list', letters: true },
      { keys: '/', does: 'Filter or search this screen', letters: true },
      ...places
        .filter((p) => p.key.length === 1 && p.key !== ',')
        .map((p) => ({ keys: `G then ${p.key.toUpperCase()}`, does: p.label, letters: true })),
    ],
  },
  {
    title: 'In tables',
    shortcuts: [
      { keys: '↑ ↓ ← →', does: 'Move between cells', letters: false },
      { keys: 'J / K', does: 'Next and previous row', letters: true },
      { keys: 'Home / End', does: 'First and last cell; with Ctrl of the whole table', letters: false },
      { keys: 'Enter', does: 'Open the row; on a header: sort', letters: false },
      { keys: 'Space', does: 'Select the row', letters: false },
      { keys: 'X', does: 'Select the row', letters: true },
      { keys: 'Shift+↑ ↓', does: 'Extend the selection', letters: false },
      { keys: 'Ctrl+A', does: 'Select all that are loaded', letters: false },
      { keys: 'Ctrl+C', does: 'Copy rows with headers', letters: false },
      { keys: 'Alt+← →', does: 'On a header: narrower, wider', letters: false },
    ],
  },
  {
    title: 'Findings',
    shortcuts: [
      { keys: 'A', does: 'Accept the risk', letters: true },
      { keys: 'F', does: 'False positive', letters: true },
      { keys: 'C', does: 'Comment', letters: true },
      { keys: 'E', does: 'Copy as evidence', letters: true },
      { keys: 'N / P', does: 'Next and previous open finding', letters: true },
      { keys: 'U', does: 'Only open findings', letters: true },
    ],
  },
  {
    title: 'Lineage graph',
    shortcuts: [
      { keys: '↑ ↓ ← →', does: 'Follow links', letters: false },
      { keys: '+ / −', does: 'Expand and collapse', letters: false },
      { keys: '0', does: 'Fit the graph', letters: false },
      { keys: 'Enter', does: 'Open the record', letters: false },
      { keys: 'F', does: 'Make it the focus', letters: true },
      { keys: 'T', does: 'Table twin', letters: true },
    ],
  },
];

export interface GlobalActions {
  readonly palette: () => void;
  readonly importFile: () => void;
  readonly lock: () => void;
  readonly shortcuts: () => void;
  readonly go: (to: string) => void;
}

/** Installs the listener; returns how to remove it. */
export function listenForKeys(actions: GlobalActions): () => void {
  let pendingG = 0;
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    const control = event.ctrlKey || event.metaKey;
    if (control && !event.altKey) {
      if (handleControl(event.key.toLowerCase(), actions)) event.preventDefault();
      return;
    }
    if (event.altKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      event.preventDefault();
      if (event.key === 'ArrowLeft') history.back();
      else history.forward();
      return;
    }
    if (event.key === 'F6') {
      event.preventDefault();
      focusPane(event.shiftKey ? -1 : 1);
      return;
    }
    if (control || event.altKey || !preferences().letterKeys || takesText(event.target) || dialogOpen()) return;
    const key = event.key.toLowerCase();
    if (event.timeStamp - pendingG < 1500 && pendingG > 0) {
      pendingG = 0;
      const place = places.find((p) => p.key === key);
      if (place) {
        event.preventDefault();
        event.stopPropagation();
        actions.go(place.to);
      }
      return;
    }
    if (key === 'g' && !event.shiftKey) {
      pendingG = event.timeStamp;
      event.stopPropagation();
    } else if (event.key === '?') {
      event.preventDefault();
      actions.shortcuts();
    } else if (event.key === '/') {
      if (focusSearch()) event.preventDefault();
    }
  };
  // Capture: `G then I` must not reach a list that gives I a meaning of its own.
  window.addEventListener('keydown', onKey, true);
  return () => window.removeEventListener('keydown', onKey, true);
}

function handleControl(key: string, actions: GlobalActions): boolean {
  if (key === 'k') actions.palette();
  else if (key === 'o') actions.importFile();
  else if (key === 'l') actions.lock();
  else if (key === ',') actions.go('/settings');
  else if (key === 'f') return focusSearch();
  else if (/^[1-9]$/.test(key)) {
    const place = places[Number(key) - 1];
    if (!place) return false;
    actions.go(place.to);
  } else return false;
  return true;
}

function takesText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}

const dialogOpen = (): boolean => document.querySelector('[role=dialog][aria-modal=true]') !== null;

/** The screen's search field: the first one of type search, or one that says so. */
function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>(
    'main input[type=search], main [data-search] input, main input[data-search]',
  );
  field?.focus();
  field?.select();
  return field !== null;
}

/** Panes in reading order: navigation, content, details beside it. */
function focusPane(step: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane], nav.assay-nav, main')].filter(
    (p) => p.offsetParent !== null,
  );
  if (panes.length === 0) return;
  const at = panes.findLastIndex((pane) => pane.contains(document.activeElement));
  const next = panes[(at + step + panes.length) % panes.length];
  const first = next?.querySelector<HTMLElement>('a[href], button:not(:disabled), input, [tabindex="0"]');
  (first ?? next)?.focus();
}
