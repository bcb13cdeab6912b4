/** The colibri WebSocket as a way to the bridge (media dossier 5.3; jitsi-videobridge `ColibriWebSocket.kt`). */
import { systemClock } from '../base/clock.ts';
import type { NetworkAccess } from '../net/access.ts';
import { withoutSecrets } from '../net/network-error.ts';
import { ReadingPace } from '../net/reading-pace.ts';
import { openWebSocket } from '../net/websocket.ts';
import type { ChannelRoute } from './channel-link.ts';
import { highWaterMark } from './high-water.ts';

/** Bytes of a text message that a bridge takes (Jetty's default); one more and it closes the socket with 1009. */
const webSocketSizeLimit = 65_536;

/** Bytes of a message that we take. A bridge has no limit of its own: its maps of sources grow with the room. */
const receivedSizeLimit = 4 * 1024 * 1024;

/** @param url with the password of our endpoint, which goes nowhere else */
export function webSocketRoute(url: string, access: NetworkAccess): ChannelRoute {
  return {
    kind: 'ws',
    name: withoutSecrets(url),
    open(handlers) {
      const socket = openWebSocket(
        {
          ...access,
          url,
          sizeLimit: receivedSizeLimit,
          highWaterMark: highWaterMark.ws,
        },
        {
          opened: () => handlers.opened(),
          messageBytes: (text) => pace.frame(() => handlers.message(text)),
          drained: () => handlers.drained(),
          closed: (words, { code, text }) => handlers.closed({ wasOpen: true, code, reason: text || words }),
          failed: (error, status) =>
            handlers.closed({
              wasOpen: false,
              reason: error.message,
              error,
              ...(status === undefined ? {} : { status }),
            }),
        },
      );
      const pace = new ReadingPace(systemClock, socket);
      return {
        sizeLimit: webSocketSizeLimit,
        get bufferedAmount() {
          return socket.bufferedAmount;
        },
        send: (text) => socket.send(text),
        pause() {
          pace.hold();
          return true;
        },
        resume: () => pace.release(),
        close: () => socket.close(),
      };
    },
  };
}
