/** What a client's session needs, where it can be, and what it wants done. */
import type { RandomBytes } from '../../base/random.ts';
import type { XmlElement } from '../../xml/element.ts';
import type { DiscoInfo } from '../../xmpp/disco.ts';
import type { VirtualHost } from './authentication.ts';
import type { SessionQuery } from './session-query.ts';

export interface ServerSessionOptions {
  hosts: ReadonlyMap<string, VirtualHost>;
  /** What the domain says of itself to everybody who binds a resource. */
  info: DiscoInfo;
  query: SessionQuery;
  random: RandomBytes;
  /** Seconds that a lost stream can be resumed; 0 never. */
  resumptionTime: number;
  /** The user name of the stream that can be resumed by this id. */
  resumableUser(id: string): string | undefined;
}

export type SessionEffect =
  | { type: 'send'; frame: string }
  | { type: 'route'; stanza: XmlElement }
  /** The session has an address now. */
  | { type: 'bound'; jid: string }
  /** The client wants another session's stream; answer with that session's `resume` or this one's `refuseResumption`. */
  | { type: 'resume'; id: string; h: string | undefined }
  /** The socket is gone, the session waits to be resumed; call `expire` after `resumptionTime`. */
  | { type: 'hibernated' }
  | { type: 'closeSocket'; code: number; reason: string }
  /** The session is over. @param status what others are to read about it, if anything */
  | { type: 'ended'; status: string | undefined };

export type SessionState =
  | { name: 'opening' }
  | { name: 'authenticating'; host: VirtualHost }
  | { name: 'restarting'; host: VirtualHost; username: string }
  | { name: 'binding'; host: VirtualHost; username: string }
  | { name: 'bound'; host: VirtualHost; username: string; jid: string }
  | { name: 'hibernating'; host: VirtualHost; username: string; jid: string }
  | { name: 'ended' };
