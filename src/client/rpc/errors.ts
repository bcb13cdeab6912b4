/** What becomes of a call that has no result, in words. */
import {
  ConnectionError,
  type JitsiError,
  RefusedError,
  TimeoutError,
  UsageError,
} from '../../base/errors.ts';
import type { RpcFault } from './rpc-message.ts';

/** What a handler throws to say no: its message is for the caller, and nothing is wrong here. What else it throws the caller does not see. */
export class RpcRefusal extends Error {
  override readonly name = 'RpcRefusal';
}

/** @param timeout ms @param wasSent over an open channel */
export function timedOut(tried: string, timeout: number, wasSent: boolean): TimeoutError {
  const why = wasSent
    ? 'it may have been carried out all the same, or they know nothing of such calls'
    : 'the bridge channel was not open';
  return new TimeoutError(`${tried}: no answer in ${timeout / 1_000} s; ${why}`, {
    code: 'rpc-timeout',
    retryable: true,
  });
}

export function peerGone(tried: string): ConnectionError {
  return new ConnectionError(`${tried}: they are not in the room, or have left it before they answered`, {
    code: 'rpc-peer-gone',
  });
}

export function callLost(tried: string): ConnectionError {
  const words =
    'we have come back to the room as somebody else, whom an answer does not reach; it may have been carried out';
  return new ConnectionError(`${tried}: ${words}`, { code: 'rpc-lost', retryable: true });
}

/** Both in bytes. */
export function callTooLarge(tried: string, cause: JitsiError): UsageError {
  return new UsageError(`${tried}: it does not fit into one message (${cause.message})`, {
    code: 'rpc-too-large',
    cause,
  });
}

/** @param most that may wait for an answer */
export function tooManyCalls(tried: string, most: number): ConnectionError {
  return new ConnectionError(`${tried}: ${most} calls wait for an answer already`, {
    code: 'rpc-busy',
    retryable: true,
  });
}

export function methodTaken(method: string): UsageError {
  return new UsageError(
    `registering ${JSON.stringify(method)}: there is a handler already; call what registering it returned first`,
    { code: 'rpc-method-taken' },
  );
}

/** What the other side says. @param said in their words, which may be anything */
export function refused(tried: string, fault: RpcFault, said: string): JitsiError {
  const words = `${tried}: ${meanings[fault]}${said === '' ? '' : `: ${said}`}`;
  return new RefusedError(words, { code: fault, retryable: fault === 'rpc-busy' });
}

const meanings: Readonly<Record<RpcFault, string>> = {
  'rpc-no-method': 'they have no such method',
  'rpc-refused': 'they refuse',
  'rpc-failed': 'it failed there',
  'rpc-busy': 'they are busy with other calls',
  'rpc-too-large': 'the answer does not fit into one message',
};
