/**
 * What a client says in the URL of its WebSocket (Prosody plugin `mod_jitsi_session`). Components find the room of a
 * session by it, not by anything in the stanza.
 */
import { defined } from '../../base/defined.ts';

export interface SessionQuery {
  /** Name of the room, without domain. */
  room?: string;
  /** The tenant. */
  prefix?: string;
  token?: string;
  /** Id of the stream to be resumed. */
  previd?: string;
}

export function parseSessionQuery(parameters: URLSearchParams, tenant?: string): SessionQuery {
  const value = (name: string): string | undefined => parameters.get(name) || undefined;
  return defined({
    room: value('room'),
    prefix: value('prefix') ?? tenant,
    token: value('token'),
    previd: value('previd'),
  });
}
