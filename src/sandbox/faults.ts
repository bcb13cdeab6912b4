/** What goes wrong in the field, on demand. */
import { UsageError } from '../base/errors.ts';
import type { ColibriRefusal } from './bridge/channel-faults.ts';
import type { LocalEndpoint } from './bridge/endpoint.ts';
import { type MediaDirection, maxDownlink } from './bridge/media/media-faults.ts';
import type { MediaBridge } from './bridge/media-bridge.ts';
import type { Focus } from './focus/index.ts';
import { destroyRoom, setRole } from './muc/moderation.ts';
import type { Room } from './muc/room.ts';
import type { XmppServer } from './xmpp-server.ts';

/** Methods throw UsageError `unknown-room` or `unknown-endpoint` when there is no such target. */
export interface Faults {
  /** Breaks the connection of a participant, without any closing handshake. They stay in the room as long as they can resume. */
  dropSocket(endpointId: string): void;
  /** Kicks a participant, as the focus. @param room its name or bare JID */
  kick(room: string, endpointId: string, reason?: string): void;
  /** Destroys a room: everybody is out. @param room its name or bare JID */
  destroyRoom(room: string, reason?: string): void;
  /**
   * Moves the media session of a participant, or of everybody in the room, to new transports, as when a bridge is drained:
   * `session-terminate` "moving" and a new offer. Returns how many are moved. @param room its name or bare JID
   */
  moveBridge(room: string, endpointId?: string): number;
  /**
   * Takes the bridge away: sessions end with "moving", and as long as there is none the presence of the focus says so and
   * nobody is offered a session. `true` brings it back, with new offers for all.
   */
  bridgeAvailable(isAvailable: boolean): void;
  /**
   * The focus leaves all rooms without a word about sessions, which are void from then on, and knows nothing any more. It comes
   * back to a room when a participant requests the conference again; participants stay where they are.
   */
  restartFocus(): void;
  /** From now on XMPP frames to clients arrive `ms` late. 0 ends it. */
  delay(ms: number): void;
  /**
   * Ends the bridge channels of an endpoint, which may open new ones. @param code close code of its WebSocket; without one the
   * connection breaks
   */
  dropBridgeChannel(endpointId: string, code?: number, reason?: string): void;
  /**
   * New WebSockets to the bridge are refused until `false`. @param how `true`: 403, as a bridge does that has forgotten the endpoint; another
   * status, as of a proxy that does not reach it (200 comes with a page); or `hang`: there is no answer
   */
  refuseBridgeChannel(how: boolean | ColibriRefusal): void;
  /** From now on bridge messages to clients arrive `ms` late. 0 ends it. */
  bridgeDelay(ms: number): void;
  /**
   * From now on the bridge handles so many messages of each endpoint in a second, and silently drops what comes while `limit`
   * wait, as a real one does with what is too much for it. 0 ends it. @param limit default 50
   */
  bridgeQueue(perSecond: number, limit?: number): void;
  /**
   * From now on so many of the UDP datagrams between participants and the bridge are lost: media, RTCP, data channels, and the checks
   * that keep a connection alive. 1 is an outage. 0 ends it.
   * @param fraction 0 to 1 @param direction `up` to the bridge, `down` from it, default `both`
   */
  mediaLoss(fraction: number, direction?: MediaDirection): void;
  /**
   * From now on UDP datagrams are `ms` late between participants and the bridge, in each direction: half of the round trip. 0 ends it.
   * @param jitter each datagram is up to so many ms later still, and so they overtake each other; default 0
   */
  mediaDelay(ms: number, jitter?: number): void;
  /**
   * From now on the bridge estimates that so much fits through the way from it to each participant, tells them, and suspends the
   * videos that do not fit, as a real one does with a narrow downlink. @param bitsPerSecond 20 000 000 or more ends it
   */
  downlink(bitsPerSecond: number): void;
  /**
   * The bridge forgets an endpoint, as it does with those that are silent too long. The focus notices when it next has something
   * to say about it, and makes a new session then.
   */
  expireEndpoint(endpointId: string): void;
}

export function createFaults(
  server: XmppServer,
  focus: Focus,
  bridge: MediaBridge,
  setDelay: (ms: number) => void,
): Faults {
  const { muc, router, sessions } = server;

  function endpoint(endpointId: string): LocalEndpoint {
    const found = bridge.endpoints.find(({ id }) => id === endpointId);
    if (found) return found;
    throw new UsageError(`the bridge knows no endpoint ${endpointId}`, { code: 'unknown-endpoint' });
  }

  function find(name: string): Room {
    const room = muc.rooms.get(name) ?? muc.rooms.get(muc.roomJid(name));
    if (room) return room;
    throw new UsageError(
      `there is no room ${name}; there are: ${[...muc.rooms.keys()].join(', ') || 'none'}`,
      {
        code: 'unknown-room',
      },
    );
  }

  return {
    dropSocket(endpointId) {
      const occupant = [...muc.rooms.values()].flatMap((room) => room.withNick(endpointId) ?? [])[0];
      const socket = occupant && sessions.socketOf(occupant.realJid);
      if (!socket) throw unknownEndpoint(endpointId);
      socket.terminate();
    },
    kick(name, endpointId, reason) {
      const refusal = setRole(find(name), server.focusJid, { nick: endpointId, role: 'none', reason });
      router.flush();
      if (refusal) throw unknownEndpoint(endpointId);
    },
    destroyRoom(name, reason) {
      destroyRoom(find(name), { reason });
      router.flush();
    },
    moveBridge(name, endpointId) {
      const moved = focus.move(find(name).jid, endpointId);
      if (endpointId !== undefined && moved === 0) throw unknownEndpoint(endpointId);
      return moved;
    },
    bridgeAvailable: (isAvailable) => focus.setBridgeAvailable(isAvailable),
    restartFocus: () => focus.restart(),
    delay: setDelay,
    dropBridgeChannel(endpointId, code, reason = '') {
      const { channels } = endpoint(endpointId);
      if (code === undefined) channels.terminate();
      else channels.close(code, reason);
    },
    refuseBridgeChannel(how) {
      bridge.faults.refusal = how === true ? 403 : how || undefined;
    },
    bridgeDelay(ms) {
      bridge.faults.delay = ms;
    },
    bridgeQueue(perSecond, limit = 50) {
      bridge.faults.queue = perSecond === 0 ? undefined : { limit, perSecond };
    },
    mediaLoss(fraction, direction = 'both') {
      if (!(fraction >= 0 && fraction <= 1)) {
        throw new UsageError(`a fraction between 0 and 1 is expected, not ${fraction}`, {
          code: 'invalid-fraction',
        });
      }
      if (!['up', 'down', 'both'].includes(direction)) {
        throw new UsageError(`the direction up, down or both is expected, not ${direction}`, {
          code: 'invalid-direction',
        });
      }
      const { loss } = bridge.mediaFaults;
      if (direction !== 'down') loss.up = fraction;
      if (direction !== 'up') loss.down = fraction;
    },
    mediaDelay(ms, jitter = 0) {
      bridge.mediaFaults.delay = ms;
      bridge.mediaFaults.jitter = jitter;
    },
    downlink: (bitsPerSecond) => bridge.setDownlink(Math.min(bitsPerSecond, maxDownlink)),
    expireEndpoint: (endpointId) => endpoint(endpointId).expire(),
  };
}

function unknownEndpoint(endpointId: string): UsageError {
  return new UsageError(`no participant with the endpoint id ${endpointId} is connected`, {
    code: 'unknown-endpoint',
  });
}
