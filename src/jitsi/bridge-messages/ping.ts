/**
 * End-to-end pings: a participant measures the way to another and back through their bridges (lib-jitsi-meet `e2eping.ts`). Of two
 * participants the one with the greater endpoint id asks.
 */
import { buildEndpointMessage } from './endpoint-message.ts';
import { isJsonObject } from './fields.ts';
import type { BridgeMessage } from './messages.ts';

export interface Ping {
  /** Endpoint id of who asks. */
  from: string;
  /** lib-jitsi-meet counts from 1. */
  id: number | string;
}

/** The request in a message; undefined if it has none that can be answered. */
export function readPing(message: BridgeMessage): Ping | undefined {
  // Without a sender, an answer would go to everybody.
  if (message.colibriClass !== 'EndpointMessage' || message.from === '') return undefined;
  const { from, msgPayload } = message;
  if (!isJsonObject(msgPayload) || msgPayload.type !== 'e2e-ping-request') return undefined;
  const { id } = msgPayload;
  // lib-jitsi-meet calls ids that are not truthy invalid.
  return (typeof id === 'number' || typeof id === 'string') && id ? { from, id } : undefined;
}

/** The answer to a request. */
export function buildPong({ from, id }: Ping): string {
  return buildEndpointMessage(from, { id, type: 'e2e-ping-response' });
}
