/** One XMPP WebSocket (RFC 7395, 3.1–3.3) between the `ws` package and the sessions. */
import { WebSocket } from 'ws';
import type { Logger } from '../../base/logger.ts';
import { guard } from '../guard.ts';
import type { FrameSocket, SocketEvents } from '../xmpp/sessions.ts';

/** @param accept called at once; gets the frames from then on */
export function serveXmppSocket(
  webSocket: WebSocket,
  logger: Logger,
  accept: (socket: FrameSocket) => SocketEvents,
): void {
  const events = accept({
    send(frame) {
      if (webSocket.readyState === WebSocket.OPEN) webSocket.send(frame);
    },
    close: (code, reason) => webSocket.close(code, reason),
    terminate: () => webSocket.terminate(),
  });
  const received = (data: Buffer, isBinary: boolean): void => {
    if (webSocket.readyState !== WebSocket.OPEN) return;
    if (isBinary) {
      webSocket.close(1003, 'Only text frames are supported, RFC 7395 3.2');
      return;
    }
    const frame = data.toString('utf8');
    if (frame.startsWith('<')) events.frame(frame);
    else webSocket.close(1007, 'Invalid payload start character, RFC 7395 3.3.3');
  };
  webSocket.on(
    'message',
    guard(logger, 'handling an XMPP frame', received, () => webSocket.close(1011, 'Internal error')),
  );
  // A broken frame also closes the socket, which is all there is to know.
  webSocket.on('error', () => {});
  webSocket.on(
    'close',
    guard(logger, 'the end of an XMPP connection', () => events.closed()),
  );
}
