/** A stanza that is larger than the server takes would cost us the connection, and the room with it: it is refused before. */
import { UsageError } from '../base/errors.ts';
import type { OwnPresenceChange } from '../conference/room/own-presence.ts';
import { type XmlElement, xml } from '../xml/element.ts';
import { serialize } from '../xml/serialize.ts';
import { ns } from '../xmpp/namespaces.ts';

/** Bytes that Prosody takes from a client unless it is told otherwise (`c2s_stanza_size_limit`); ejabberd takes as many. */
const commonLimit = 256 * 1024;
/** Bytes of a presence besides what one change brings. */
const presenceRest = 8 * 1024;

/**
 * @param limit what the server says, XEP-0478
 * @throws UsageError `message-too-long`, `stanza-too-long`
 */
export function checkStanzaSize(stanza: XmlElement, limit: number = commonLimit): void {
  const isMessage = stanza.name === 'message';
  const advice = isMessage ? 'send it in parts' : 'it would end the connection';
  check(
    stanza,
    limit,
    `sending a ${stanza.name}`,
    isMessage ? 'message-too-long' : 'stanza-too-long',
    advice,
  );
}

/** @throws UsageError `stanza-too-long` */
export function checkPresenceSize(change: OwnPresenceChange, limit: number = commonLimit): void {
  const written = xml(ns.client, 'presence', {}, JSON.stringify(change));
  check(
    written,
    limit - presenceRest,
    'changing our presence',
    'stanza-too-long',
    'choose something shorter',
  );
}

function check(stanza: XmlElement, limit: number, tried: string, code: string, advice: string): void {
  const bytes = Buffer.byteLength(serialize(stanza));
  if (bytes <= limit) return;
  throw new UsageError(`${tried}: it has ${bytes} bytes, and the server takes ${limit} at most; ${advice}`, {
    code,
  });
}
