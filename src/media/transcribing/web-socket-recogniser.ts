/**
 * A recogniser behind a WebSocket: 16 kHz samples out, JSON in. As it is, it speaks the protocol of `vosk-server`, which has many offline
 * models; three functions make it that of another service.
 */
import { parseBoundedJson } from '../../base/bounded-json.ts';
import { ParseError, UsageError } from '../../base/errors.ts';
import { abortAfter } from '../../base/timer.ts';
import { isObject } from '../../client/check-arguments.ts';
import { openByteSocket } from '../../net/byte-socket.ts';
import { proxyFor } from '../../net/proxy.ts';
import { bytesOf, type Recognition, type Recogniser, type Speech, speechRate } from './recogniser.ts';

export interface WebSocketRecogniserOptions {
  /** Of the upgrade, such as an `authorization`. They are in no error. */
  headers?: Readonly<Record<string, string>>;
  /** Sent first. Default Vosk's `{"config":{"sample_rate":16000}}`. */
  begin?: (speech: Speech) => string | undefined;
  /** Sent when the speech is over. Default Vosk's `{"eof":1}`. */
  end?: (speech: Speech) => string | undefined;
  /** What a message of the service says; undefined: nothing. Default: Vosk's `{"partial"}` and `{"text"}`. */
  read?: (message: unknown) => Recognition | undefined;
  /** ms for the socket to open, and for the last words once the speech is over. Default 10 000. */
  timeout?: number;
  /** Do not check TLS certificates. Default false. */
  insecure?: boolean;
  /** As for a join: `environment`, `none` or the address of a proxy. */
  proxy?: string;
}

/** Bytes of a message: words, and perhaps times of each. */
const sizeLimit = 1024 * 1024;

/** A socket for each utterance. @throws UsageError `recogniser-invalid` when it is no `ws:` or `wss:` address */
export function webSocketRecogniser(url: string, options: WebSocketRecogniserOptions = {}): Recogniser {
  checkAddress(url);
  if (options.proxy !== undefined) proxyFor(options.proxy, url);
  return (speech) => recognise(url, options, speech);
}

async function* recognise(
  url: string,
  options: WebSocketRecogniserOptions,
  speech: Speech,
): AsyncGenerator<Recognition, void, undefined> {
  const { begin = voskBegin, end = voskEnd, headers = {}, insecure = false, read = voskRead } = options;
  const { proxy, timeout = 10_000 } = options;
  const access = proxy === undefined ? { insecure } : { insecure, proxy };
  const over = new AbortController();
  const signal = AbortSignal.any([speech.signal, over.signal]);
  const socket = await openByteSocket({ url, headers, timeout, sizeLimit, signal, ...access });
  const spoken = speak();
  let cause: { error: unknown } | undefined;
  // The loop below ends with the socket, and says why.
  spoken.catch((error: unknown) => {
    cause = { error };
    over.abort();
  });
  try {
    for await (const text of socket.texts()) {
      const result = read(parse(text));
      if (result) yield result;
    }
    await spoken;
  } catch (error) {
    throw cause?.error ?? error;
  } finally {
    over.abort();
  }

  async function speak(): Promise<void> {
    const first = begin(speech);
    if (first !== undefined) await socket.send(first);
    for await (const block of speech.audio) if (block.samples.length > 0) await socket.send(bytesOf(block));
    const last = end(speech);
    if (last !== undefined) await socket.send(last);
    const { signal: late, cancel } = abortAfter(timeout, () => new Error('late'));
    late.addEventListener('abort', () => socket.close(), { once: true });
    over.signal.addEventListener('abort', cancel, { once: true });
  }
}

function voskBegin(): string {
  return JSON.stringify({ config: { sample_rate: speechRate } });
}

function voskEnd(): string {
  return JSON.stringify({ eof: 1 });
}

function voskRead(message: unknown): Recognition | undefined {
  if (!isObject(message)) return undefined;
  if (typeof message['partial'] === 'string') return { text: message['partial'], final: false };
  return typeof message['text'] === 'string' ? { text: message['text'], final: true } : undefined;
}

function parse(text: string): unknown {
  try {
    return parseBoundedJson(text);
  } catch (error) {
    throw new ParseError(
      'recogniser',
      'recogniser-not-json',
      'the recogniser sent something that is no JSON',
      error,
    );
  }
}

function checkAddress(url: string): void {
  const { protocol } = URL.canParse(url) ? new URL(url) : { protocol: '' };
  if (protocol === 'ws:' || protocol === 'wss:') return;
  throw new UsageError('a recogniser behind a WebSocket: its address begins with ws:// or wss://', {
    code: 'recogniser-invalid',
  });
}
