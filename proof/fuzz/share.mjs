/** One process that fuzzes, watched: one that says nothing any more is ended, and asked for the input that it got stuck at. */
import { fork } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { root } from '../../scripts/lib/run.mjs';

const worker = `${root}.cache/proof/proof/fuzz/worker.js`;
/** ms without a word: a batch takes some seconds at most, on a busy machine a minute */
const patience = 240_000;

/** @returns what the worker found, a FuzzResult */
export async function runShare(order, { progress = () => {}, folder } = {}) {
  let done = 0;
  const { result, why } = await runWorker(order, (inputs) => {
    done += inputs;
    progress(inputs);
  });
  if (result || order.file !== undefined) return result;
  // The batches of a share are taken in their order, each whole.
  const batch = order.share + Math.floor(done / 1_000) * order.of;
  const trace = `${folder}/trace-${process.pid}-${order.share}`;
  try {
    await runWorker({ ...order, batch, trace }, () => {});
    const input = existsSync(trace) ? new Uint8Array(readFileSync(trace)) : undefined;
    return {
      inputs: done,
      read: 0,
      refused: {},
      slowest: { ms: patience, length: input?.length ?? 0 },
      failure: { batch, error: why, input },
    };
  } finally {
    rmSync(trace, { force: true });
  }
}

function runWorker(order, progress) {
  return new Promise((resolve) => {
    const child = fork(worker, [JSON.stringify(order)], {
      execArgv: ['--expose-gc', '--max-old-space-size=1024'],
      serialization: 'advanced',
    });
    let result;
    let why;
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        why = `nothing was heard of it for ${patience / 1_000} s`;
        child.kill('SIGKILL');
      }, patience);
    };
    wait();
    child.on('message', (message) => {
      wait();
      if (message.type === 'progress') progress(message.inputs);
      else result = message.result;
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ result, why: why ?? `its process ended with ${code ?? signal}` });
    });
  });
}
