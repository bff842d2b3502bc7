/** Starts the engine as a child process of Node: used by the CLI, the Chromium host and tests. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createEngineClient, type EngineClient } from './engine-client.ts';
import type { FromEngine } from './protocol.ts';

const entry = fileURLToPath(new URL('./engine-process.ts', import.meta.url));

export function forkEngine(): EngineClient {
  const child: ChildProcess = fork(entry, [], {
    serialization: 'advanced',
    // Its own process group, so that Ctrl+C reaches only the host, which cancels and waits for the rollback.
    detached: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const killOnExit = () => child.kill('SIGKILL');
  process.once('exit', killOnExit);
  return createEngineClient({
    send: (message) => {
      if (child.connected) child.send(message);
    },
    onMessage: (listener) => child.on('message', (message) => listener(message as FromEngine)),
    onExit: (listener) =>
      child.once('exit', (code) => {
        process.off('exit', killOnExit);
        listener(code);
      }),
    kill: killOnExit,
  });
}
