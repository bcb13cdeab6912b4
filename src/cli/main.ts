#!/usr/bin/env node
/** The program: connects the process to `run`, nothing else. */
import { exitCode } from './exit-codes.ts';
import type { StopReason } from './streams/io.ts';
import { run } from './run.ts';

/** ms that a command which has ended may still take to close its connections. */
const closingTime = 10_000;

const stopping = new AbortController();
const stop = (reason: StopReason): void => stopping.abort(reason);
const interrupt = (): void => {
  // Who asks twice does not want to wait.
  if (stopping.signal.aborted) process.exit(exitCode.interrupted);
  stop('interrupted');
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  stop('output-closed');
});
// Nobody is left to be told.
process.stderr.on('error', () => {});

const { stdin, stdout, stderr, env } = process;
process.exitCode = await run(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  signal: stopping.signal,
  interrupt,
});
// The process ends by itself when everything is closed.
setTimeout(() => process.exit(), closingTime).unref();
