/** Starts the engine as an Electron utility process: a Node process of its own that can be killed (decisions.md 14). */
import { utilityProcess } from 'electron';
import { createEngineClient, type EngineClient } from '../../engine/engine-client.ts';
import type { FromEngine } from '../../engine/protocol.ts';

export function startElectronEngine(entry: string): EngineClient {
  const child = utilityProcess.fork(entry, [], { serviceName: 'Assay engine', stdio: 'inherit' });
  return createEngineClient({
    send: (message) => child.postMessage(message),
    onMessage: (listener) => child.on('message', (message: FromEngine) => listener(message)),
    onExit: (listener) => child.once('exit', (code) => listener(code)),
    kill: () => child.kill(),
  });
}
