/**
 * What callers and those who are called say to each other, as the payload of a message over the bridge. It is ours alone: lib-jitsi-meet has
 * nothing of the kind, and its applications pass over a `type` that they do not know (docs/guide/rpc.md).
 */
import { isJsonObject } from '../../jitsi/bridge-messages/fields.ts';
import { type BridgeMessage, buildEndpointMessage } from '../../jitsi/bridge-messages/index.ts';

const type = 'jitsi-headless-rpc';
/** Characters of a call's id, a method's name, and the words of a refusal. */
const [idLimit, wordsLimit] = [64, 1_000];
export const methodLimit = 200;

/** Why there is no result, as it is said to the caller. */
export type RpcFault = 'rpc-no-method' | 'rpc-refused' | 'rpc-failed' | 'rpc-busy' | 'rpc-too-large';

const faults: readonly string[] = [
  'rpc-no-method',
  'rpc-refused',
  'rpc-failed',
  'rpc-busy',
  'rpc-too-large',
] satisfies RpcFault[];

export interface RpcCall {
  id: string;
  method: string;
  payload: unknown;
}

export type RpcOutcome = { ok: true; result: unknown } | { ok: false; fault: RpcFault; words: string };

export type RpcMessage = { from: string } & (
  | { kind: 'call'; call: RpcCall }
  | { kind: 'answer'; id: string; outcome: RpcOutcome }
);

/** @throws UsageError `bridge-message-invalid` */
export function buildCall(to: string, { id, method, payload }: RpcCall): string {
  return buildEndpointMessage(to, { type, call: id, method, payload });
}

/** @throws UsageError `bridge-message-invalid` */
export function buildAnswer(to: string, id: string, outcome: RpcOutcome): string {
  if (outcome.ok) return buildEndpointMessage(to, { type, answer: id, result: outcome.result });
  const message = outcome.words.slice(0, wordsLimit);
  return buildEndpointMessage(to, { type, answer: id, error: { code: outcome.fault, message } });
}

/** Undefined for everything else that may be said, and for what is not whole. */
export function readRpc(message: BridgeMessage): RpcMessage | undefined {
  // Without a sender there is nobody to answer, and nobody to believe.
  if (message.colibriClass !== 'EndpointMessage' || message.from === '') return undefined;
  const { from, msgPayload } = message;
  if (!isJsonObject(msgPayload) || msgPayload.type !== type) return undefined;
  const { answer, call, error, method, payload, result } = msgPayload;
  if (isText(call, idLimit) && isText(method, methodLimit))
    return { from, kind: 'call', call: { id: call, method, payload } };
  if (!isText(answer, idLimit)) return undefined;
  if (error === undefined) return { from, kind: 'answer', id: answer, outcome: { ok: true, result } };
  const { code, message: words } = isJsonObject(error) ? error : { code: '', message: '' };
  const outcome: RpcOutcome = {
    ok: false,
    // Of a later version, perhaps.
    fault: isFault(code) ? code : 'rpc-failed',
    words: typeof words === 'string' ? words.slice(0, wordsLimit) : '',
  };
  return { from, kind: 'answer', id: answer, outcome };
}

function isText(value: unknown, limit: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= limit;
}

function isFault(code: unknown): code is RpcFault {
  return typeof code === 'string' && faults.includes(code);
}
