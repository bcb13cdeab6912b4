/**
 * Transcripts as Jitsi's own transcribers tell them to the room: a JSON message `transcription-result` (signalling dossier 7; jitsi-meet
 * `features/subtitles`), which interfaces show as subtitles where they are switched on.
 */
import type { Conference } from '../../client/conference.ts';
import { buildJsonMessage } from '../../jitsi/json-message.ts';
import { message } from '../../xmpp/stanza.ts';
import type { Transcript } from './transcript.ts';

/** As much of a conference as it takes. */
export type ToldRoom = Pick<Conference, 'roomJid' | 'xmpp'>;

/** @throws ConnectionError `not-joined`, `not-connected` */
export function tellRoom({ roomJid, xmpp }: ToldRoom, transcript: Transcript): void {
  const { final, id, language, name, participant, text } = transcript;
  const result = buildJsonMessage({
    type: 'transcription-result',
    transcript: [{ text }],
    is_interim: !final,
    ...(language === undefined ? {} : { language }),
    message_id: id,
    participant: { id: participant, name },
    timestamp: Date.now(),
  });
  xmpp.send(message({ type: 'groupchat', to: roomJid, id: xmpp.nextId() }, result));
}
