/**
 * The page's half of the bridge: one function that runs inside the page before any of its scripts, so it may use nothing from
 * this module. It makes `window.assayHost` out of the bindings that the host exposed.
 *
 * Picked and dropped files are put into a hidden file input; the host then asks the browser itself, through the DevTools
 * pipe and in a world of its own that page scripts cannot touch, for the paths behind it. A page cannot invent a path.
 */
import type { AssayHost, HostEvent, HostInfo, Picked, PickOpenOptions } from '../../../src-shared/contract/bridge.ts';
import type { Progress } from '../../../src-shared/contract/progress.ts';
import type { Delivery, WindowRequest } from '../window/requests.ts';

export const bindingName = 'assayBinding';
export const deliverName = 'assayDeliver';
export const inputMark = 'data-assay-picked';

/** Only here: ask the browser what the hidden input with this token holds. */
export interface PickedRequest {
  readonly type: 'picked';
  readonly token: unknown;
}

export interface BridgeSetup {
  readonly info: HostInfo;
  readonly origin: string;
  readonly bindingName: string;
  readonly deliverName: string;
  readonly inputMark: string;
}

export function installBridge(setup: BridgeSetup): void {
  if (location.origin !== setup.origin || window.top !== window) return;
  const scope = window as unknown as Record<string, unknown>;
  const ask = scope[setup.bindingName] as (request: WindowRequest | PickedRequest) => Promise<unknown>;
  const progressOf = new Map<string, (progress: Progress) => void>();
  const early: HostEvent[] = [];
  let listener: ((event: HostEvent) => void) | null = null;

  const deliver = (delivery: Delivery): void => {
    if (delivery.type === 'progress') progressOf.get(delivery.callId)?.(delivery.progress);
    else if (listener) listener(delivery.event);
    else early.push(delivery.event);
  };

  const hiddenInput = (): { input: HTMLInputElement; token: string } => {
    const input = document.createElement('input');
    const token = crypto.randomUUID();
    input.type = 'file';
    input.hidden = true;
    input.setAttribute(setup.inputMark, token);
    document.body.append(input);
    return { input, token };
  };
  const grantsFor = async (input: HTMLInputElement, token: string): Promise<readonly Picked[]> => {
    try {
      return (await ask({ type: 'picked', token })) as readonly Picked[];
    } finally {
      input.remove();
    }
  };
  const pickOpen = ({
    accept = [],
    multiple = false,
    directory = false,
  }: PickOpenOptions): Promise<readonly Picked[]> => {
    const { input, token } = hiddenInput();
    input.multiple = multiple;
    input.accept = accept.join(',');
    input.webkitdirectory = directory;
    return new Promise((resolve, reject) => {
      input.addEventListener('change', () => grantsFor(input, token).then(resolve, reject), { once: true });
      input.addEventListener('cancel', () => {
        input.remove();
        resolve([]);
      });
      input.click();
    });
  };

  const host: AssayHost = {
    info: setup.info,
    async call(method, input, callId, onProgress) {
      if (onProgress) progressOf.set(callId, onProgress);
      try {
        return (await ask({ type: 'call', method, input, callId })) as Awaited<ReturnType<AssayHost['call']>>;
      } finally {
        progressOf.delete(callId);
      }
    },
    cancel: (callId) => void ask({ type: 'cancel', callId }),
    pickOpen,
    grantDropped(files) {
      const { input, token } = hiddenInput();
      const transfer = new DataTransfer();
      for (const file of files) if (file instanceof File) transfer.items.add(file);
      input.multiple = true;
      input.files = transfer.files;
      return grantsFor(input, token);
    },
    pickSave: ({ suggestedName }) => ask({ type: 'save', name: suggestedName }) as ReturnType<AssayHost['pickSave']>,
    saveBytes: (file) => ask({ type: 'save-bytes', file }) as ReturnType<AssayHost['saveBytes']>,
    pickNewFolder: ({ suggestedName }) =>
      ask({ type: 'new-folder', name: suggestedName }) as ReturnType<AssayHost['pickNewFolder']>,
    recents: () => ask({ type: 'recents' }) as ReturnType<AssayHost['recents']>,
    preferences: () => ask({ type: 'preferences' }) as ReturnType<AssayHost['preferences']>,
    setPreferences: (preferences) => ask({ type: 'set-preferences', preferences }) as Promise<void>,
    onEvent(next) {
      listener = next;
      for (const event of early.splice(0)) next(event);
    },
  };
  Object.defineProperty(window, 'assayHost', { value: Object.freeze(host), enumerable: true });
  Object.defineProperty(window, setup.deliverName, { value: deliver });
}
