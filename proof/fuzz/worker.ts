/** A process that fuzzes: what to do comes as JSON in its first argument, how it goes and the result go out as messages. */
import { writeFileSync } from 'node:fs';
import { Fuzz } from './run.ts';
import type { Order, WorkerMessage } from './share.ts';
import { targetOf } from './targets.ts';

const order = JSON.parse(process.argv[2] ?? '') as Order;
const { trace } = order;
let last = 0;
const fuzz = new Fuzz(targetOf(order.target), order, {
  progress(inputs) {
    void tell({ type: 'progress', inputs: inputs - last });
    last = inputs;
  },
  ...(trace !== undefined && { before: (input) => writeFileSync(trace, input) }),
});
process.on('uncaughtException', (error) => fuzz.escaped(error));
process.on('unhandledRejection', (error) => fuzz.escaped(error));
// Ctrl-C is for everybody in the terminal's group.
for (const event of ['message', 'SIGINT']) process.on(event, () => fuzz.stop());
// Whoever wanted to know has gone.
process.on('disconnect', () => process.exit());
const result = await (order.batch === undefined ? fuzz.run() : fuzz.runBatch(order.batch));
await tell({ type: 'result', result });
process.disconnect();

/** Resolves when it is on its way. */
function tell(message: WorkerMessage): Promise<unknown> {
  return new Promise((resolve) => process.send?.(message, resolve));
}
