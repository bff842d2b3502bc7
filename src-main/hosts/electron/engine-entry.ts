/**
 * Entry of the engine inside an Electron utility process: gives `process.parentPort` the shape of a forked process's channel,
 * then runs the same engine as every other host.
 */
const port = process.parentPort;
process.send = (message: unknown) => {
  port.postMessage(message);
  return true;
};
port.on('message', ({ data }) => process.emit('message', data, undefined));

await import('../../engine/engine-process.ts');

export {};
