import type { Participant } from '../../../src/conference/room/roster.ts';

/** Somebody in a room, for tests. */
export function participant(id: string, more: Partial<Participant> = {}): Participant {
  return {
    id,
    occupantJid: `room@muc.example/${id}`,
    role: 'participant',
    affiliation: 'none',
    isHidden: false,
    audioMuted: true,
    videoMuted: true,
    sharing: false,
    talking: false,
    connection: 'active',
    codecs: [],
    features: [],
    properties: {},
    silent: false,
    ...more,
  };
}
