/** The network thread's program. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Command, ThreadStart } from '../messages.ts';
import { Outbox } from './outbox.ts';
import { ThreadSide } from './thread-side.ts';
import { clockFrom } from './thread-clock.ts';

if (!parentPort)
  throw new Error('this is the program of a worker thread: jitsi-headless starts it by itself');

const port = parentPort;
const start = workerData as ThreadStart;
const clock = clockFrom(start);
const outbox = new Outbox((report, transfer) => port.postMessage(report, transfer), start.taken, clock);
const side = new ThreadSide(outbox, clock);
outbox.tell({ name: 'ready' });
port.on('message', (command: Command) => {
  if (command.name !== 'end') return side.take(command);
  const ended = new Int32Array(start.ended);
  Atomics.store(ended, 0, 1);
  Atomics.notify(ended, 0);
  // Of this thread alone.
  process.exit();
});
