/** Our focus with an account of its own on a real Prosody: it makes the room, its members get sessions, and Prosody routes it all. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { systemRandom } from '../../src/base/random.ts';
import type { Bridge } from '../../src/sandbox/bridge/bridge.ts';
import { createMediaBridge } from '../../src/sandbox/bridge/media-bridge.ts';
import { connectLink, createFocus, type Focus } from '../../src/sandbox/focus/index.ts';
import { child, childText, type XmlElement } from '../../src/xml/element.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { acceptContents, memberFeatures, source, sourceContent } from '../support/focus-rig.ts';
import { type Prosody, startProsody } from '../support/prosody.ts';
import { RawXmpp } from '../support/raw-xmpp.ts';
import { waitFor } from '../support/wait.ts';

let prosody: Prosody;
let bridge: Bridge;
let focus: Focus;
let room: string;
const clients: RawXmpp[] = [];

const ports = { clock: systemClock, random: systemRandom, logger: silentLogger };

function logIn(password: string): ReturnType<typeof connectLink> {
  const { authDomain, websocketUrl } = prosody;
  return connectLink({ url: websocketUrl, domain: authDomain, username: 'focus', password });
}

beforeAll(async () => {
  prosody = await startProsody();
  room = `standup@${prosody.mucDomain}`;
  bridge = createMediaBridge({ mode: 'both', webSocketBase: () => 'ws://127.0.0.1:1', ...ports });
  const link = await logIn(prosody.focusPassword);
  focus = createFocus({ link, mucDomain: prosody.mucDomain, domain: prosody.domain, bridge, ...ports });
});

afterAll(async () => {
  await hangUp();
  await focus?.close();
  await bridge?.close();
  await prosody?.stop();
});

async function hangUp(): Promise<void> {
  await Promise.all(clients.splice(0).map((client) => client[Symbol.asyncDispose]()));
}

/** A member that has told its features. */
async function join(nick: string): Promise<RawXmpp> {
  const client = await RawXmpp.login(prosody.websocketUrl, prosody.domain, {
    mechanism: 'ANONYMOUS',
    resource: nick,
  });
  clients.push(client);
  client.send(
    `<presence xmlns='jabber:client' to='${room}/${nick}'><x xmlns='http://jabber.org/protocol/muc'/></presence>`,
  );
  const question = parseXml(
    await client.next((frame) => frame.includes('disco#info') && frame.includes(`${room}/focus`)),
  );
  const features = memberFeatures.json.map((feature) => `<feature var='${feature}'/>`).join('');
  answer(client, question, `<query xmlns='http://jabber.org/protocol/disco#info'>${features}</query>`);
  return client;
}

function answer(client: RawXmpp, request: XmlElement, payload = ''): void {
  const { from, id } = request.attrs;
  client.send(`<iq xmlns='jabber:client' type='result' to='${from}' id='${id}'>${payload}</iq>`);
}

/** The `<jingle/>` of the next request of the focus with this action. */
async function jingle(client: RawXmpp, action: string): Promise<XmlElement> {
  const iq = parseXml(
    await client.next((frame) => frame.includes(`'${action}'`) && frame.includes("type='set'")),
  );
  answer(client, iq);
  const found = child(iq, 'jingle');
  if (!found) throw new Error(`no <jingle/> in ${JSON.stringify(iq)}`);
  return found;
}

async function accept(client: RawXmpp, sid: string | undefined, sources: string): Promise<string> {
  client.send(
    `<iq xmlns='jabber:client' type='set' id='accept' to='${room}/focus'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='${sid}'>${acceptContents(sources)}</jingle></iq>`,
  );
  return client.next((frame) => frame.includes("id='accept'"));
}

describe('a focus on Prosody', () => {
  it('is refused with a wrong password', async () => {
    await expect(logIn('wrong')).rejects.toMatchObject({ code: 'authentication-failed' });
  });

  it('offers sessions to two members of a room that it made, and relays their sources', async () => {
    const answered = await focus.conferenceRequest({ room });
    expect(answered).toMatchObject({ room, ready: true, focusJid: prosody.focusJid });

    const alice = await join('aaaaaaaa');
    const bob = await join('bbbbbbbb');
    const offers = [await jingle(alice, 'session-initiate'), await jingle(bob, 'session-initiate')];
    expect(offers[0]?.attrs.initiator).toMatch(`${prosody.focusJid}/`);

    const sources = sourceContent('audio', source(4_000_000_001, 'name="aaaaaaaa-a0"'));
    expect(await accept(alice, offers[0]?.attrs.sid, sources)).toContain("type='result'");
    const refused = await accept(bob, offers[1]?.attrs.sid, sources);
    expect(refused).toContain('SSRC is already used: 4000000001.');
    expect(focus.conferences[0]).toMatchObject({
      owner: 'aaaaaaaa',
      members: ['aaaaaaaa', 'bbbbbbbb'],
      participants: [{ state: 'active' }, { state: 'ended' }],
    });

    const carol = await join('cccccccc');
    const offer = await jingle(carol, 'session-initiate');
    expect(childText(offer, 'json-message')).toContain('4000000001');
    const more = sourceContent('audio', source(4_000_000_002, 'name="cccccccc-a0"'));
    expect(await accept(carol, offer.attrs.sid, more)).toContain("type='result'");
    const added = await jingle(alice, 'source-add');
    expect(childText(added, 'json-message')).toContain('4000000002');
  });

  it('makes the first member an owner', async () => {
    const [alice] = clients;
    alice?.send(
      `<iq xmlns='jabber:client' type='get' id='owners' to='${room}'><query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='owner'/></query></iq>`,
    );
    expect(await alice?.next((frame) => frame.includes("id='owners'"))).toContain("type='result'");
  });

  it('leaves the room with the last member', async () => {
    await hangUp();
    await waitFor(() => focus.conferences.length === 0, {
      what: 'end of the conference',
      explain: () => prosody.log(),
    });
  });
});
