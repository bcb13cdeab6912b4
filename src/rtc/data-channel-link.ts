/**
 * A data channel as a way to the bridge (media dossier 5.2). That it is open proves nothing: of a channel that the bridge does not
 * take, some engines say so too, and what is sent over it vanishes. So we say hello, and the answer opens it.
 */
import { JitsiError } from '../base/errors.ts';
import { buildClientHello, parseBridgeMessage } from '../jitsi/bridge-messages/index.ts';
import type { ChannelLink, ChannelLinkHandlers, ChannelRoute } from './channel-link.ts';
import type { DataChannel } from './data-channel.ts';

/**
 * Bytes of a message, as browsers have it with a bridge (`a=max-message-size`). dcSCTP in the bridge has the same limit for what it
 * sends, and adds `from`: of a message within 30 bytes of the limit the others may see nothing.
 */
const dataChannelSizeLimit = 262_144;

/** @param openChannel called once, when the route is tried: a bridge takes one data channel and no second */
export function dataChannelRoute(openChannel: () => DataChannel): ChannelRoute {
  return {
    kind: 'sctp',
    name: 'the data channel',
    open: (handlers) => openLink(openChannel(), handlers),
  };
}

function openLink(channel: DataChannel, handlers: ChannelLinkHandlers): ChannelLink {
  let isOpen = false;
  channel.handle({
    opened: () => send(buildClientHello()),
    message(data, isBinary) {
      if (isBinary) return;
      // The bridge's first messages may come before its answer.
      if (!isOpen && isServerHello(data)) {
        isOpen = true;
        handlers.opened();
      }
      handlers.message(data);
    },
    drained: () => handlers.drained(),
    closed: (reason) => handlers.closed({ wasOpen: isOpen, reason }),
  });

  function send(text: string | Uint8Array): void {
    try {
      channel.send(text);
    } catch (error) {
      // It is closing, and will say so.
      if (!isClosed(error)) throw error;
    }
  }

  return {
    get sizeLimit() {
      return Math.min(dataChannelSizeLimit, channel.maxMessageSize);
    },
    get bufferedAmount() {
      return channel.bufferedAmount;
    },
    send,
    pause: () => false,
    resume: () => {},
    close: () => channel.close(),
  };
}

function isServerHello(data: string | Buffer): boolean {
  try {
    return parseBridgeMessage(data.toString()).colibriClass === 'ServerHello';
  } catch {
    return false;
  }
}

function isClosed(error: unknown): boolean {
  return error instanceof JitsiError && error.code === 'channel-closed';
}
