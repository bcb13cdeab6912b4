/**
 * Endpoints for peers that bring nothing but a WebSocket: this process joins for them, and keeps their ICE alive, without which
 * a bridge forgets them within two minutes.
 */
import { joinSession } from '../../dist/index.js';

/** Two participants of a room: each one's endpoint id and the URL of its bridge channel. */
export async function twoEndpoints(host, room) {
  const join = (nick) => joinSession({ host, room, nick, media: false, sessionTimeout: 30_000 });
  const conferences = await Promise.all([join('sender'), join('receiver')]);
  await Promise.all(conferences.map(({ session }) => session.connect()));
  return {
    endpoints: conferences.map(({ endpointId, session }) => ({ id: endpointId, url: session.colibriWs })),
    close: () => Promise.all(conferences.map((conference) => conference.leave())),
  };
}
