/** A process for the command line's parts, made of streams in memory. */
import { PassThrough } from 'node:stream';
import type { CliIo } from '../../../src/cli/streams/io.ts';

export interface TestIo extends CliIo {
  stdin: PassThrough & { isTTY?: boolean };
  /** What was written so far. */
  out(): string;
  err(): string;
  stopping: AbortController;
}

export function testIo(options: { terminal?: boolean; env?: CliIo['env'] } = {}): TestIo {
  const isTTY = options.terminal === true;
  const stream = (): PassThrough & { isTTY?: boolean } =>
    Object.assign(new PassThrough(), isTTY ? { isTTY } : {});
  const [stdin, stdout, stderr] = [stream(), stream(), stream()];
  const stopping = new AbortController();
  const reader = (from: PassThrough): (() => string) => {
    let text = '';
    from.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    return () => text;
  };
  return {
    stdin,
    stdout,
    stderr,
    env: options.env ?? {},
    signal: stopping.signal,
    stop: (reason) => stopping.abort(reason),
    out: reader(stdout),
    err: reader(stderr),
    stopping,
  };
}
