/** The room's disco#info (XEP-0045, 6.4) with Jitsi's fields (Prosody plugins `mod_muc_meeting_id`, `mod_muc_lobby_rooms`, …). */
import { defined } from '../base/defined.ts';
import type { DiscoInfo } from '../xmpp/disco.ts';

export interface RoomInfo {
  passwordProtected: boolean;
  /** Lobby on. */
  membersOnly: boolean;
  /** Unique id of this meeting, new at each. */
  meetingId?: string;
  /** ms since the epoch */
  createdAt?: number;
  lobbyRoom?: string;
  isBreakout: boolean;
  breakoutMainRoom?: string;
}

export function roomInfo(info: DiscoInfo): RoomInfo {
  const form = info.forms.find(
    (fields) => fields.get('FORM_TYPE')?.[0] === 'http://jabber.org/protocol/muc#roominfo',
  );
  const field = (name: string): string | undefined => form?.get(`muc#roominfo_${name}`)?.[0] || undefined;
  const createdAt = Number(field('created_timestamp'));
  return defined({
    passwordProtected: info.features.includes('muc_passwordprotected'),
    membersOnly: info.features.includes('muc_membersonly'),
    meetingId: field('meetingId'),
    createdAt: Number.isFinite(createdAt) ? createdAt : undefined,
    lobbyRoom: field('lobbyroom'),
    isBreakout: ['1', 'true'].includes(field('isbreakout') ?? ''),
    breakoutMainRoom: field('breakout_main_room'),
  });
}
