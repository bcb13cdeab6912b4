/** One process that fuzzes, watched: one that says nothing any more is ended, and asked for the input that it got stuck at. */
import { fork } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onAbort } from '../../src/base/on-abort.ts';
import { batchSize, type FuzzResult, type FuzzShare } from './run.ts';

/** What a worker is told. */
export interface Order extends FuzzShare {
  target: string;
  /** This batch alone. */
  batch?: number;
  /** Each input is written to this file before it is read. */
  trace?: string;
}

export type WorkerMessage = { type: 'progress'; inputs: number } | { type: 'result'; result: FuzzResult };

export interface ShareOptions {
  /** Where an input is kept that a process got stuck at. */
  folder: string;
  /** Inputs that were read since the last call. */
  progress?: (inputs: number) => void;
  /** Ends it with the batch under way. */
  signal?: AbortSignal;
  worker?: string;
  /** ms without a word after which a process is stuck: a batch takes some seconds, on a busy machine a minute. */
  patience?: number;
}

const defaults = { worker: fileURLToPath(new URL('worker.js', import.meta.url)), patience: 240_000 };

export async function runShare(order: Order, options: ShareOptions): Promise<FuzzResult> {
  const { folder, progress = () => {}, worker, patience } = { ...defaults, ...options };
  let done = 0;
  const first = await runWorker(order, { worker, patience, signal: options.signal }, (inputs) => {
    done += inputs;
    progress(inputs);
  });
  if (first.result) return first.result;
  // The batches of a share are taken in their order; those that were made on purpose go with the first.
  const batch = done === 0 ? undefined : order.share + Math.floor(done / batchSize) * order.of;
  const trace = `${folder}/trace-${process.pid}-${order.target}-${order.share}`;
  try {
    const again: Order = { ...order, trace, ...(batch === undefined ? {} : { batch }) };
    await runWorker(again, { worker, patience }, () => {});
    const input = existsSync(trace) ? new Uint8Array(readFileSync(trace)) : undefined;
    return {
      inputs: done,
      read: 0,
      refused: {},
      slowest: { ms: patience, length: input?.length ?? 0 },
      failure: { batch: batch ?? order.share, error: first.why, ...(input && { input }) },
    };
  } finally {
    rmSync(trace, { force: true });
  }
}

function runWorker(
  order: Order,
  { worker, patience, signal }: { worker: string; patience: number; signal?: AbortSignal | undefined },
  progress: (inputs: number) => void,
): Promise<{ result?: FuzzResult; why: string }> {
  return new Promise((resolve) => {
    const child = fork(worker, [JSON.stringify(order)], {
      execArgv: ['--expose-gc', '--max-old-space-size=1024'],
      serialization: 'advanced',
    });
    let result: FuzzResult | undefined;
    let stuck = '';
    const stop = (): void => {
      stuck = `nothing was heard of it for ${patience / 1_000} s`;
      child.kill('SIGKILL');
    };
    // It has to be started and loaded, too.
    let timer = setTimeout(stop, 10 * patience);
    child.on('message', (message: WorkerMessage) => {
      clearTimeout(timer);
      timer = setTimeout(stop, patience);
      if (message.type === 'progress') progress(message.inputs);
      else result = message.result;
    });
    const forget = onAbort(signal, () => child.connected && child.send('stop'));
    child.on('close', (code, killedBy) => {
      clearTimeout(timer);
      forget();
      resolve({ ...(result && { result }), why: stuck || `its process ended with ${code ?? killedBy}` });
    });
  });
}
