/** What a bridge refuses, in words. */
import { ConnectionError, TimeoutError, UsageError } from '../../base/errors.ts';

export function bridgeClosed(tried: string): ConnectionError {
  return new ConnectionError(`${tried}: it is closed for good; \`closed\` tells why`, {
    code: 'bridge-closed',
  });
}

/** @param timeout ms */
export function notOpenYet(timeout: number): TimeoutError {
  return new TimeoutError(
    `waiting for the bridge channel: not open after ${timeout / 1_000} s; there may be nobody else in the room, or no way to the bridge`,
    { code: 'bridge-not-open', retryable: true },
  );
}

export function bridgeNotOpen(): ConnectionError {
  return new ConnectionError(
    "sending a message to the bridge: the channel is not open; await bridge.opened(), or let messages be kept with whenBridgeIsDown: 'queue'",
    { code: 'bridge-not-open', retryable: true },
  );
}

export function noSuchEndpoint(to: string, there: readonly string[]): UsageError {
  return new UsageError(
    `sending a message to the bridge: nobody in the room has the endpoint id ${JSON.stringify(to)}, and the bridge would drop it without a word; there are: ${there.slice(0, 20).join(', ') || 'no others'}`,
    { code: 'no-such-endpoint' },
  );
}

export function bridgeQueueFull(why: string): ConnectionError {
  return new ConnectionError(
    `sending a message to the bridge: ${why}; when a sender returns false, await bridge.drained()`,
    { code: 'bridge-queue-full', retryable: true },
  );
}

/** Both in bytes. */
export function messageTooLarge(size: number, limit: number): UsageError {
  return new UsageError(
    `sending a message to the bridge: it has ${size} bytes as JSON, and this channel takes at most ${limit}; send it in parts`,
    { code: 'message-too-large' },
  );
}

export function notJson(cause?: unknown): UsageError {
  return new UsageError('sending a message to the bridge: it cannot be written as JSON', {
    code: 'bridge-message-invalid',
    cause,
  });
}

export function readerSlow(): ConnectionError {
  return new ConnectionError(
    'a loop over bridge messages is slower than they come, and a data channel cannot be held back: the oldest are lost, and counted in `dropped`',
    { code: 'bridge-reader-slow' },
  );
}

/** @param kind what is used @param reason why the other one is not */
export function fellBack(kind: 'ws' | 'sctp', reason: string): ConnectionError {
  const words =
    kind === 'sctp'
      ? `the bridge's WebSocket did not open (${reason}); messages go over the data channel, which is slower for bulk; the proxy in front of the bridge should pass /colibri-ws/ on`
      : `the data channel did not open (${reason}); messages go over the bridge's WebSocket`;
  return new ConnectionError(words, { code: 'bridge-channel-fallback', retryable: true });
}
