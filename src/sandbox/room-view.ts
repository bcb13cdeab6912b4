/** What a test can see of the deployment's rooms. */
import { defined } from '../base/defined.ts';
import type { MucRole } from '../xmpp/muc.ts';
import { ns } from '../xmpp/namespaces.ts';
import { childText } from '../xml/element.ts';
import type { Room } from './muc/room.ts';

export interface SandboxOccupant {
  /** The endpoint id; `focus` for the focus. */
  readonly nick: string;
  readonly displayName?: string;
  readonly role: MucRole;
  /** Full JID of the session. */
  readonly jid: string;
}

export interface SandboxRoom {
  readonly name: string;
  /** room@service */
  readonly jid: string;
  /** In the order in which they came, the focus too. */
  readonly occupants: readonly SandboxOccupant[];
  /** '' for none */
  readonly subject: string;
}

/** A snapshot. */
export function viewRoom(room: Room): SandboxRoom {
  return {
    name: room.name,
    jid: room.jid,
    occupants: room.occupants.map(({ nick, presence, role, realJid }) =>
      defined({ nick, displayName: childText(presence, 'nick', ns.nick), role, jid: realJid }),
    ),
    subject: room.subject?.text ?? '',
  };
}
