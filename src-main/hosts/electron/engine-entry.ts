/**
 * Entry of the engine inside an Electron utility process: gives `process.parentPort` the shape of a forked process's channel,
 * then runs the same engine as every other host.
 */
const port = process.parentPort;
process.send = (message: unknown) => {
  port.postMessage(message);
  return true;
};
// First the engine with its listener: a port delivers from its first listener on, and what nobody hears is lost.
await import('../../engine/engine-process.ts');
port.on('message', ({ data }) => process.emit('message', data, undefined));

export {};
