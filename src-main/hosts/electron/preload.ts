/**
 * The page's half of the bridge inside Electron. Built into one CommonJS file, because a sandboxed preload cannot load another.
 *
 * It exposes exactly `AssayHost`; `ipcRenderer` itself never reaches the page, and paths of dropped files are read here, where
 * page scripts cannot name one.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import packageJson from '../../../package.json' with { type: 'json' };
import type { AssayHost, HostEvent } from '../../../src-shared/contract/bridge.ts';
import type { Progress } from '../../../src-shared/contract/progress.ts';
import type { Delivery } from '../window/requests.ts';

// The names of security.ts; that module brings zod, which a preload does not need.
const ipcChannel = 'assay';
const deliverChannel = 'assay:deliver';

const progressOf = new Map<string, (progress: Progress) => void>();
let listener: ((event: HostEvent) => void) | null = null;

ipcRenderer.on(deliverChannel, (_event, delivery: Delivery) => {
  if (delivery.type === 'progress') progressOf.get(delivery.callId)?.(delivery.progress);
  else listener?.(delivery.event);
});

const ask = <T>(request: object): Promise<T> => ipcRenderer.invoke(ipcChannel, request);

const host: AssayHost = {
  info: { host: 'electron', version: packageJson.version, platform: process.platform, exportsTo: null },
  async call(method, input, callId, onProgress) {
    if (onProgress) progressOf.set(callId, onProgress);
    try {
      return await ask({ type: 'call', method, input, callId });
    } finally {
      progressOf.delete(callId);
    }
  },
  cancel: (callId) => void ask({ type: 'cancel', callId }),
  pickOpen: (options) => ask({ type: 'pick-open', options }),
  pickSave: ({ suggestedName }) => ask({ type: 'save', name: suggestedName }),
  saveBytes: (file) => ask({ type: 'save-bytes', file }),
  pickNewFolder: ({ suggestedName }) => ask({ type: 'new-folder', name: suggestedName }),
  grantDropped: (files) =>
    ask({
      type: 'dropped',
      paths: files
        .map((file) => (file instanceof File ? webUtils.getPathForFile(file) : ''))
        .filter((path) => path !== ''),
    }),
  recents: () => ask({ type: 'recents' }),
  preferences: () => ask({ type: 'preferences' }),
  setPreferences: (preferences) => ask({ type: 'set-preferences', preferences }),
  onEvent(next) {
    listener = next;
    void ask({ type: 'listening' });
  },
};

contextBridge.exposeInMainWorld('assayHost', host);
