/** "End meeting for all" (Prosody plugin `mod_end_conference`): a moderator's message destroys the room of their session. */
import { child, type XmlElement } from '../../xml/element.ts';
import { destroyRoom } from '../muc/moderation.ts';
import type { MucService } from '../muc/service.ts';
import type { Component } from '../xmpp/router.ts';
import type { SessionQuery } from '../xmpp/session-query.ts';
import { commandComponent } from './component-message.ts';

export function createEndConference(options: {
  domain: string;
  send(stanza: XmlElement): void;
  muc(): MucService;
  queryOf(jid: string): SessionQuery;
}): Component {
  return commandComponent({
    domain: options.domain,
    send: (stanza) => options.send(stanza),
    carryOut(stanza) {
      const { from = '' } = stanza.attrs;
      const { room: name, prefix } = options.queryOf(from);
      if (name === undefined || !child(stanza, 'end_conference')) return false;
      const muc = options.muc();
      const room = muc.rooms.get(muc.roomJid(name, prefix));
      if (room?.withRealJid(from)?.role !== 'moderator') return false;
      destroyRoom(room, { reason: 'The meeting has been terminated' });
      return true;
    },
  });
}
