/**
 * A process that fuzzes: what to do comes as JSON in its first argument, how it goes and the result go out as messages. With `trace`,
 * each input is written to that file before it is read, to be found there when reading it never ends.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Fuzz, type FuzzShare } from './run.ts';
import { targets } from './targets.ts';

interface Order extends FuzzShare {
  target: string;
  /** This batch alone. */
  batch?: number;
  trace?: string;
  /** The input in this file alone. */
  file?: string;
}

const order = JSON.parse(process.argv[2] ?? '') as Order;
const target = targets.find(({ name }) => name === order.target);
if (!target) throw new Error(`there is no target ${order.target}`);

if (order.file !== undefined) {
  const subject = await target.open();
  const bytes = readFileSync(order.file);
  const isText = typeof Object.values(target.worst())[0] === 'string';
  console.log(subject.read(isText ? bytes.toString('utf8') : new Uint8Array(bytes)));
  await subject.close?.();
} else {
  let last = 0;
  const { trace } = order;
  const fuzz = new Fuzz(target, order, {
    progress: (inputs) => process.send?.({ type: 'progress', inputs: inputs - last, all: (last = inputs) }),
    ...(trace === undefined ? {} : { before: (input) => writeFileSync(trace, input) }),
  });
  process.on('uncaughtException', (error) => fuzz.escaped(error));
  process.on('unhandledRejection', (error) => fuzz.escaped(error));
  const result = await (order.batch === undefined ? fuzz.run() : fuzz.runBatch(order.batch));
  await new Promise((resolve) => process.send?.({ type: 'result', result }, resolve));
}
process.disconnect?.();
