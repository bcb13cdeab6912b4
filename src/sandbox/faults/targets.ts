/** Finds what a fault is meant for. */
import { UsageError } from '../../base/errors.ts';
import type { LocalEndpoint } from '../bridge/endpoint.ts';
import type { Deployment } from '../deployment.ts';
import type { Room } from '../muc/room.ts';
import type { FrameSocket } from '../xmpp/sessions.ts';

/** @param name of the room, or its bare JID @throws UsageError `unknown-room` */
export function findRoom({ xmpp: { muc } }: Deployment, name: string): Room {
  const room = muc.rooms.get(name) ?? muc.rooms.get(muc.roomJid(name));
  if (room) return room;
  const known = [...muc.rooms.keys()].join(', ') || 'none';
  throw new UsageError(`there is no room ${name}; there are: ${known}`, { code: 'unknown-room' });
}

/** @throws UsageError `unknown-endpoint` */
export function findEndpoint({ bridge }: Pick<Deployment, 'bridge'>, endpointId: string): LocalEndpoint {
  const found = bridge.endpoints.find(({ id }) => id === endpointId);
  if (found) return found;
  throw new UsageError(`the bridge knows no endpoint ${endpointId}`, { code: 'unknown-endpoint' });
}

/** The connection of a participant. @throws UsageError `unknown-endpoint` */
export function findSocket({ xmpp: { muc, sessions } }: Deployment, endpointId: string): FrameSocket {
  const occupant = [...muc.rooms.values()].flatMap((room) => room.withNick(endpointId) ?? [])[0];
  const socket = occupant && sessions.socketOf(occupant.realJid);
  if (socket) return socket;
  throw unknownEndpoint(endpointId);
}

/** The endpoint id of whoever has a full JID; undefined when they are in no room. */
export function endpointIdOf({ xmpp: { muc } }: Deployment, jid: string | undefined): string | undefined {
  if (jid === undefined) return undefined;
  return [...muc.rooms.values()].flatMap((room) => room.withRealJid(jid) ?? [])[0]?.nick;
}

export function unknownEndpoint(endpointId: string): UsageError {
  return new UsageError(`no participant with the endpoint id ${endpointId} is connected`, {
    code: 'unknown-endpoint',
  });
}
