/** What goes wrong in the field, on demand. */
import { UsageError } from '../base/errors.ts';
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
}

export function createFaults(server: XmppServer, focus: Focus, setDelay: (ms: number) => void): Faults {
  const { muc, router, sessions } = server;

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
  };
}

function unknownEndpoint(endpointId: string): UsageError {
  return new UsageError(`no participant with the endpoint id ${endpointId} is connected`, {
    code: 'unknown-endpoint',
  });
}
