#!/usr/bin/env node
/** The program: connects the process to `run`, nothing else. */
import { startTimer } from '../base/timer.ts';
import { exitCode } from './exit-codes.ts';
import { shownArguments } from './flags/shown-arguments.ts';
import { run, stopCode } from './run.ts';
import type { StopReason } from './streams/io.ts';
import { stopReasonOf } from './streams/output-error.ts';

/** ms that a command which has ended may still take to close its connections. */
const closingTime = 10_000;
/** The same for one that was told to stop: it has left the room, and what holds it up is output that nobody reads. */
const shortClosingTime = 200;
/** ms in which a command that was told to stop is gone, however it hangs. */
const stoppingTime = 1_500;

const args = process.argv.slice(2);
// On Linux and macOS this overwrites the command line that process lists show.
const shown = shownArguments(args);
if (shown.some((arg, index) => arg !== args[index])) process.title = ['jcli', ...shown].join(' ');

const stopping = new AbortController();
/** What may take longer than others do to stop. */
const held: Promise<unknown>[] = [];
const stop = (reason: StopReason): void => {
  if (stopping.signal.aborted) {
    // Who asks twice does not want to wait.
    if (reason === 'interrupted') process.exit(exitCode.interrupted);
    return;
  }
  stopping.abort(reason);
  void Promise.allSettled(held).then(() =>
    startTimer(stoppingTime, () => process.exit(stopCode(reason)), { keepsAlive: false }),
  );
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop('interrupted'));
process.stdout.on('error', (error) => stop(stopReasonOf(error)));
// Nobody is left to be told.
process.stderr.on('error', () => {});

const { stdin, stdout, stderr, env } = process;
process.exitCode = await run(args, {
  stdin,
  stdout,
  stderr,
  env,
  signal: stopping.signal,
  stop,
  hold: (work) => held.push(work),
});
// The process ends by itself when everything is closed.
const isStopped = stopping.signal.aborted;
startTimer(isStopped ? shortClosingTime : closingTime, () => process.exit(), { keepsAlive: false });
