/** What a bench sends over: the bridge's channel, or the room's chat. */
import type { Bridge } from '../../client/bridge/bridge.ts';
import type { RawMessage } from '../../client/bridge/events.ts';
import { checkPayload } from '../data/payload-limit.ts';
import type { SendingBridge } from './sender.ts';

export type BenchTransport = 'ws' | 'sctp' | 'xmpp';

export interface BenchChannel extends SendingBridge {
  /** Of the channel that is or was open. */
  readonly transport: BenchTransport;
  onRaw(listener: (message: Pick<RawMessage, 'from' | 'data'>) => void): void;
  /** @throws UsageError `message-too-large` */
  checkSize(size: number, message: { to: string; rawForm: 'field' | 'payload' }): void;
}

export function bridgeChannel(bridge: Bridge): BenchChannel {
  return {
    get transport() {
      return bridge.transport ?? 'ws';
    },
    sendRaw: (to, bytes, options) => bridge.sendRaw(to, bytes, options),
    opened: (options) => bridge.opened(options),
    drained: (options) => bridge.drained(options),
    onRaw: (listener) => void bridge.on('rawReceived', listener),
    checkSize: (size, message) => checkPayload(size, bridge, message, '--bench-size'),
  };
}
