/** The data channel of a caller's own peer connection, behind our port. */
import { MediaError, messageOf } from '../base/errors.ts';
import { type DataChannel, type DataChannelHandlers, lowWater } from './data-channel.ts';
import type { W3cDataChannel } from './w3c-peer-connection.ts';

/** What lib-jitsi-meet writes into its description (`SDP.ts`), and browsers then hold to. */
const maxMessageSize = 262_144;

/** @param channel just made, not open yet */
export function fromW3cDataChannel(channel: W3cDataChannel): DataChannel {
  let isClosed = false;
  channel.bufferedAmountLowThreshold = lowWater;
  if (channel.binaryType !== undefined) channel.binaryType = 'arraybuffer';
  return {
    label: channel.label,
    protocol: channel.protocol,
    maxMessageSize,
    get bufferedAmount() {
      return channel.bufferedAmount;
    },
    handle(handlers: DataChannelHandlers) {
      const unlessClosed = (run: () => void) => () => {
        if (!isClosed) run();
      };
      channel.addEventListener('open', unlessClosed(handlers.opened));
      channel.addEventListener('bufferedamountlow', unlessClosed(handlers.drained));
      channel.addEventListener('message', (event) => {
        if (isClosed) return;
        const { data } = event as { data: unknown };
        if (typeof data === 'string') handlers.message(data, false);
        else if (data instanceof ArrayBuffer || data instanceof Uint8Array)
          handlers.message(bytesOf(data), true);
      });
      channel.addEventListener(
        'close',
        unlessClosed(() => {
          isClosed = true;
          handlers.closed('the data channel was closed');
        }),
      );
    },
    send(text) {
      try {
        // Bytes would be sent as a binary message, which bridges do not read.
        channel.send(
          typeof text === 'string' ? text : Buffer.from(text.buffer, text.byteOffset, text.length).toString(),
        );
      } catch (error) {
        throw new MediaError(`sending on the data channel: ${messageOf(error)}`, {
          code: 'channel-closed',
          cause: error,
        });
      }
    },
    close() {
      isClosed = true;
      channel.close();
    },
  };
}

function bytesOf(data: ArrayBuffer | Uint8Array): Buffer {
  return data instanceof ArrayBuffer
    ? Buffer.from(data)
    : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
