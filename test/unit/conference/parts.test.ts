/** The small parts of the conference machine, each on its own. */
import { describe, expect, it } from 'vitest';
import { DeploymentServices } from '../../../src/conference/deployment-services.ts';
import { FocusRequest } from '../../../src/conference/focus/focus-request.ts';
import { answerIq } from '../../../src/conference/iq-responder.ts';
import { joinTimeout, notJitsi } from '../../../src/conference/join-errors.ts';
import { KeepAlive } from '../../../src/conference/connection/keep-alive.ts';
import { chooseEndpointId } from '../../../src/conference/room/own-identity.ts';
import {
  leavePresence,
  OwnPresenceState,
  unavailablePresence,
} from '../../../src/conference/room/own-presence.ts';
import { ConnectionError } from '../../../src/base/errors.ts';
import { resolveDeployment } from '../../../src/jitsi/deployment.ts';
import { parseMeetingAddress } from '../../../src/jitsi/meeting-address.ts';
import { parseJsonMessage } from '../../../src/jitsi/json-message.ts';
import type { OwnPresence } from '../../../src/jitsi/participant-presence.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { serialize } from '../../../src/xml/serialize.ts';
import { discoInfoOf, parseDiscoInfo } from '../../../src/xmpp/disco.ts';
import { captureFrame } from '../../support/captures.ts';
import { seededRandom } from '../../support/random.ts';

const room = 'standup@conference.meet.example';
const address = parseMeetingAddress({ url: 'https://meet.example/standup' });
const hosts = { domain: 'meet.example', muc: 'conference.meet.example' };

describe('the endpoint id', () => {
  it.each([
    ['3F9C21AB-5a10-4b9e-9a77-0d2f4f6c1b11@meet.example/Rx1', true, '3f9c21ab'],
    ['3f9c21ab@meet.example/Rx1', true, '3f9c21ab'],
  ])('of the guest %s is the start of the name', (jid, isAnonymous, id) => {
    expect(chooseEndpointId(jid, isAnonymous, seededRandom(1))).toBe(id);
  });

  it.each([
    ['guest-1@meet.example/Rx1', true],
    ['3f9c21a@meet.example/Rx1', true],
    ['3f9c21ab@meet.example/Rx1', false],
    ['', true],
  ])('of %j, guest: %s, is random hex', (jid, isAnonymous) => {
    const id = chooseEndpointId(jid, isAnonymous, seededRandom(1));
    expect(id).toMatch(/^[0-9a-f]{8}$/);
    expect(id).not.toBe('3f9c21ab');
  });
});

describe('our own presence', () => {
  const initial: OwnPresence = {
    statsId: 's',
    displayName: 'Ada',
    caps: { node: 'n', ver: 'v', hash: 'sha-1' },
    features: [],
    sources: [],
    codecs: ['vp8'],
    properties: {},
  };

  it('carries the join extension once, and the whole state always', () => {
    const own = new OwnPresenceState(initial);
    const join = own.join(`${room}/a`, 'tea4two');
    expect(serialize(join)).toContain(
      '<x xmlns="http://jabber.org/protocol/muc"><password>tea4two</password></x>',
    );
    own.change({ handRaisedAt: 5 });
    const update = own.update(`${room}/a`);
    expect(update && serialize(update)).toBe(
      '<presence xmlns="jabber:client" to="standup@conference.meet.example/a"><stats-id>s</stats-id>' +
        '<c xmlns="http://jabber.org/protocol/caps" hash="sha-1" node="n" ver="v"/><SourceInfo>{}</SourceInfo>' +
        '<jitsi_participant_codecList>vp8</jitsi_participant_codecList>' +
        '<jitsi_participant_raisedHand>5</jitsi_participant_raisedHand>' +
        '<nick xmlns="http://jabber.org/protocol/nick">Ada</nick></presence>',
    );
  });

  it('is sent again only when it differs, or goes elsewhere', () => {
    const own = new OwnPresenceState(initial);
    own.join(`${room}/a`, undefined);
    expect(own.update(`${room}/a`)).toBeUndefined();
    own.change({ displayName: 'Bob' });
    own.change({ displayName: 'Ada' });
    expect(own.update(`${room}/a`)).toBeUndefined();
    expect(own.update(`${room}/b`)).toBeDefined();
  });

  it('loses what is taken back', () => {
    const own = new OwnPresenceState({ ...initial, email: 'a@b' });
    own.change({ email: undefined, displayName: undefined });
    expect(own.current).not.toHaveProperty('email');
    const update = own.update(`${room}/a`);
    expect(update && serialize(update)).not.toMatch(/<nick|<email/);
  });

  it('says goodbye to the room with a reason, and to the server', () => {
    expect(serialize(leavePresence(`${room}/a`, 'bye'))).toBe(
      '<presence xmlns="jabber:client" type="unavailable" to="standup@conference.meet.example/a"><status>bye</status></presence>',
    );
    const recorded = parseXml(captureFrame('30-lib-jitsi-meet.alice', 'sent', 'unavailable', 'to='));
    expect(leavePresence(recorded.attrs.to ?? '', undefined)).toEqual(recorded);
    expect(serialize(unavailablePresence())).toBe('<presence xmlns="jabber:client" type="unavailable"/>');
  });
});

describe('requests of others', () => {
  const ask = (name: string, ...parts: string[]): ReturnType<typeof parseXml> =>
    parseXml(captureFrame(name, 'received', '<iq', ...parts));

  it('for our features are answered as the recorded client answered', () => {
    const request = ask('01-two-participants.alice', `type='get'`, 'disco#info');
    const answer = answerIq(request, ['b', 'a']);
    expect(answer.attrs).toEqual(
      parseXml(captureFrame('01-two-participants.alice', 'sent', 'type="result"', 'disco#info')).attrs,
    );
    const query = discoInfoOf(answer);
    expect(query && parseDiscoInfo(query)).toEqual({ identities: [], features: ['b', 'a'], forms: [] });
  });

  it('with a node get the node back', () => {
    const answer = answerIq(ask('36-breakout.carol', `type='get'`, 'disco#info'), []);
    expect(discoInfoOf(answer)?.attrs.node).toBe(
      discoInfoOf(ask('36-breakout.carol', `type='get'`, 'disco#info'))?.attrs.node,
    );
  });

  it.each([
    [`<ping xmlns='urn:xmpp:ping'/>`, 'get', 'result'],
    [`<ping xmlns='urn:xmpp:ping'/>`, 'set', 'error'],
    [`<query xmlns='http://jabber.org/protocol/disco#info'/>`, 'set', 'error'],
    [`<query xmlns='http://jabber.org/protocol/disco#items'/>`, 'get', 'error'],
    ['', 'get', 'error'],
  ])('%s as %s: %s', (payload, type, expected) => {
    const answer = answerIq(
      parseXml(`<iq xmlns='jabber:client' type='${type}' id='i' from='a@b'>${payload}</iq>`),
      [],
    );
    expect(answer.attrs).toMatchObject({ type: expected, id: 'i', to: 'a@b' });
    if (expected === 'error') expect(serialize(answer)).toContain('<service-unavailable');
  });
});

describe('deployment services', () => {
  const metadata = (name: string): Parameters<DeploymentServices['metadata']>[0] => {
    const message = parseJsonMessage(
      parseXml(captureFrame(name, 'received', 'room_metadata', 'services&quot;')),
    );
    if (!message) throw new Error('no message');
    return message;
  };

  it('come from room metadata', () => {
    const services = new DeploymentServices();
    const turn = { username: '1795509068', credential: 'WS2lQhexli/yguOeTqosHTmQ4AE=' };
    const iceServers = [
      { urls: 'stun:meet.jitsi.test:23478' },
      { urls: 'turn:meet.jitsi.test:23478', ...turn },
      { urls: 'turn:meet.jitsi.test:23478?transport=tcp', ...turn },
    ];
    expect(services.metadata(metadata('30-lib-jitsi-meet.alice'))).toEqual([
      { name: 'iceServersChanged', payload: { iceServers } },
    ]);
    expect(services.iceServers).toEqual(iceServers);
    // The whole metadata comes with every change; that alone is no news.
    expect(services.metadata(metadata('30-lib-jitsi-meet.alice'))).toEqual([]);
  });

  it.each([
    [{ type: 'room_metadata' }],
    [{ type: 'room_metadata', metadata: null }],
    [{ type: 'room_metadata', metadata: { services: {} } }],
    [{ type: 'room_metadata', metadata: { services: [null, 7, 'x', [], { type: 'turn' }] } }],
  ])('ignore %j', (message) => {
    expect(new DeploymentServices().metadata(message)).toEqual([]);
  });

  it('come from external service discovery of either version', () => {
    for (const version of ['1', '2']) {
      const services = new DeploymentServices();
      const result = parseXml(captureFrame('11-services.alice', 'received', `urn:xmpp:extdisco:${version}'`));
      expect(services.externalServices(result)).toHaveLength(1);
      expect(services.iceServers).toHaveLength(3);
      expect(services.externalServices(parseXml(`<iq xmlns='jabber:client'/>`))).toEqual([]);
    }
  });

  it('say whether TURN will come with the metadata', () => {
    const services = new DeploymentServices();
    expect(services.metadataTellsIceServers).toBe(false);
    const push = discoInfoOf(
      parseXml(captureFrame('30-lib-jitsi-meet.alice', 'received', '<message', 'disco#info')),
    );
    expect(push && services.discoInfo(push)).toMatchObject([{ name: 'servicesChanged' }]);
    expect(services.domain?.components.polls).toBe('polls.meet.jitsi.test');
    expect(services.metadataTellsIceServers).toBe(true);
  });
});

describe('the conference request', () => {
  const request = (config: object = {}): FocusRequest =>
    new FocusRequest(resolveDeployment(address, { hosts, ...config }), room, 'uid', seededRandom(1));
  const notReady = `<iq xmlns='jabber:client' type='result'><conference xmlns='http://jitsi.org/protocol/focus' ready='false'/></iq>`;

  it('goes to the focus', () => {
    expect(request().iq('i1').attrs).toEqual({ type: 'set', to: 'focus.meet.example', id: 'i1' });
    expect(request().loginUrlIq('i2').attrs).toEqual({ type: 'get', to: 'focus.meet.example', id: 'i2' });
    expect(request().http(address, undefined)).toBeUndefined();
  });

  it('goes over HTTP where the deployment says so, with the token in the header', () => {
    const http = request({ conferenceRequestUrl: '/conference-request/v1' }).http(address, 'jwt');
    expect(http).toMatchObject({
      purpose: 'conference-request',
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer jwt' },
    });
    expect(http?.url).toMatch(/^https:\/\/meet\.example\/conference-request\/v1\?room=standup$/);
    expect(JSON.parse(http?.body ?? '')).toMatchObject({ room, machineUid: 'uid' });
    expect(request({ conferenceRequestUrl: '/c' }).http(address, undefined)?.headers).not.toHaveProperty(
      'authorization',
    );
  });

  it('is repeated after 1, 2, 4 … s, two minutes at most, while the focus is not ready', () => {
    const focus = request();
    const delays = Array.from({ length: 9 }, () => {
      const verdict = focus.iqAnswered({ ok: true, result: parseXml(notReady) });
      return verdict.type === 'retry' ? verdict.delay / 1000 : verdict.type;
    });
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 120, 120]);
  });

  it('is repeated three times while no focus is connected, then given up', () => {
    const focus = request();
    const verdicts = Array.from({ length: 4 }, () => {
      const verdict = focus.httpAnswered(500, '');
      return verdict.type === 'retry' ? verdict.delay : verdict.type;
    });
    expect(verdicts).toEqual([1_000, 2_000, 4_000, 'failed']);
  });

  it('is answered', () => {
    const result = parseXml(captureFrame('30-lib-jitsi-meet.alice', 'received', '<conference'));
    expect(request().iqAnswered({ ok: true, result })).toMatchObject({
      type: 'ready',
      response: { focusJid: 'focus@auth.meet.jitsi.test' },
    });
    expect(request().httpAnswered(200, '{"ready":true}')).toMatchObject({ type: 'ready' });
    expect(request().httpAnswered(200, '{"ready":true,"vnode":"v1"}')).toMatchObject({
      type: 'failed',
      error: { code: 'visitor-redirect' },
    });
    expect(request().httpAnswered(403, '')).toMatchObject({
      type: 'failed',
      error: { code: 'login-required' },
    });
    expect(request().httpAnswered(200, '<html>')).toMatchObject({
      type: 'failed',
      error: { code: 'conference-response' },
    });
  });
});

describe('keep-alive', () => {
  const keepAlive = (config: object = {}): KeepAlive =>
    new KeepAlive(resolveDeployment(address, { hosts, ...config }), address, seededRandom(1));

  it('begins five seconds after connecting, and goes on once an interval with jitter', () => {
    const alive = keepAlive();
    expect(alive.nextAt).toBeUndefined();
    expect(alive.due(1e12)).toBeUndefined();
    alive.connected(1_000);
    expect(alive.nextAt).toBe(6_000);
    expect(alive.due(5_999)).toBeUndefined();
    expect(alive.due(6_000)).toMatchObject({ purpose: 'keep-alive', method: 'GET' });
    expect(alive.due(6_000)).toBeUndefined();
    alive.answered();
    expect(alive.nextAt).toBeGreaterThanOrEqual(66_000);
    expect(alive.nextAt).toBeLessThan(126_000);
  });

  it('has one under way at most', () => {
    const alive = keepAlive({ websocketKeepAlive: 1_000 });
    alive.connected(1_000);
    expect(alive.due(6_000)).toBeDefined();
    expect(alive.nextAt).toBeUndefined();
    expect(alive.due(60_000)).toBeUndefined();
    alive.answered();
    expect(alive.nextAt).toBeLessThanOrEqual(8_000);
    expect(alive.due(60_000)).toBeDefined();
  });

  it('is left out where config.js switches it off', () => {
    const alive = keepAlive({ websocketKeepAlive: -1 });
    alive.connected(1_000);
    expect(alive.nextAt).toBeUndefined();
  });
});

describe('errors of joining', () => {
  it('tell a refused guess from a Jitsi that is there', () => {
    const refused = new ConnectionError('connecting: HTTP status 404', { code: 'websocket-refused' });
    expect(notJitsi('https://x.example', refused)).toMatchObject({
      code: 'not-jitsi',
      kind: 'connection',
      cause: refused,
      message: expect.stringContaining('https://x.example does not look like a Jitsi Meet deployment'),
    });
    const lost = new ConnectionError('lost', { code: 'connection-lost' });
    expect(notJitsi('https://x.example', lost)).toBe(lost);
  });

  it('say what was waited for', () => {
    expect(joinTimeout('standup', 'after 60 s', 'entering')).toMatchObject({
      code: 'join-timeout',
      kind: 'timeout',
      retryable: true,
      message: expect.stringContaining('the room does not answer'),
    });
    expect(joinTimeout('standup', 'after 60 s', 'connecting').message).toContain('still connecting');
  });
});
