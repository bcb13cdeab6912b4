/** A network thread that makes transports, and fails at the first thing that one is told. */
import { parentPort } from 'node:worker_threads';

const side = { ufrag: 'u', pwd: 'p', rtcpMux: true, fingerprints: [], candidates: [], webSocketUrls: [] };
const value = { local: side, state: 'new', isLooking: false, canRestartIce: false };

parentPort.on('message', ({ name, request }) => {
  if (name !== 'create') throw new Error(`a mistake in ${name}`);
  parentPort.postMessage({ name: 'answer', request, value }, []);
});
