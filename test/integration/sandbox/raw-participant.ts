/** A participant that is written out in raw text. */
import { expect } from 'vitest';
import { findJingle, parseJingle } from '../../../src/jingle/jingle.ts';
import type { JingleMessage } from '../../../src/jingle/model.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { auth, bind, enable, open } from '../../support/xmpp-server-rig.ts';
import { RawSocket } from './raw-socket.ts';

export const path = '/xmpp-websocket?room=room';
export const room = 'room@conference.meet.jitsi';

export interface RawParticipant {
  raw: RawSocket;
  nick: string;
  jid: string;
}

/** Logs in, asks the focus for the conference, enters the room: raw text all the way. */
export async function join(
  sandbox: Pick<Sandbox, 'url'>,
  name: string,
  options: { path: string; room: string } = { path, room },
): Promise<RawParticipant> {
  const { room } = options;
  const raw = await RawSocket.open(sandbox.url, options.path);
  raw.send(open, auth, open, bind, enable);
  const bound = await raw.next('<jid>');
  const jid = /<jid>([^<]+)/.exec(bound)?.[1] ?? '';
  const nick = jid.slice(0, 8);
  raw.send(
    `<iq xmlns="jabber:client" type="set" id="c" to="focus.meet.jitsi"><conference xmlns="http://jitsi.org/protocol/focus" room="${room}" machine-uid="m"/></iq>`,
  );
  expect(await raw.next('id="c"')).toContain('ready="true"');
  raw.send(
    `<presence xmlns="jabber:client" to="${room}/${nick}"><x xmlns="http://jabber.org/protocol/muc"/>` +
      `<nick xmlns="http://jabber.org/protocol/nick">${name}</nick></presence>`,
  );
  await raw.next('<subject/>');
  return { raw, nick, jid };
}

/** Tells the focus what it can do, when asked: audio and video, sources in JSON, and more. */
export async function tellFeatures({ raw }: RawParticipant, more: readonly string[] = []): Promise<void> {
  const question = await raw.next('http://jabber.org/protocol/disco#info');
  const features = [
    'http://jitsi.org/json-encoded-sources',
    'urn:xmpp:jingle:apps:rtp:audio',
    'urn:xmpp:jingle:apps:rtp:video',
    ...more,
  ].map((feature) => `<feature var="${feature}"/>`);
  raw.send(
    `<iq xmlns="jabber:client" type="result" id="${attributeOf(question, 'id')}" to="${attributeOf(question, 'from')}">` +
      `<query xmlns="http://jabber.org/protocol/disco#info">${features.join('')}</query></iq>`,
  );
}

/** The next offer, acknowledged. */
export async function takeOffer({ raw }: RawParticipant): Promise<string> {
  const offer = await raw.next('action="session-initiate"');
  raw.send(
    `<iq xmlns="jabber:client" type="result" id="${attributeOf(offer, 'id')}" to="${attributeOf(offer, 'from')}"/>`,
  );
  return offer;
}

/** What the stream can be resumed with. */
export function tokenOf({ received }: RawSocket): string {
  return attributeOf(received.find((frame) => frame.startsWith('<enabled')) ?? '', 'id');
}

/** The first attribute of this name, for elements that are known to have it. */
export function attributeOf(frame: string, name: string): string {
  return new RegExp(` ${name}="([^"]*)"`).exec(frame)?.[1] ?? '';
}

/** The Jingle message of an IQ. */
export function jingleIn(frame: string): JingleMessage {
  const jingle = findJingle(parseXml(frame));
  if (!jingle) throw new Error(`no jingle in the frame with id ${attributeOf(frame, 'id')}`);
  return parseJingle(jingle);
}
