/**
 * Recording 30, the reference browser client on a real deployment, replayed through our conference machine: what we see must be
 * what the browser saw, and what we send is compared with what it sent, element by element. Every difference is listed here
 * and explained in docs/protocol/reference-client.md.
 */
import { describe, expect, it } from 'vitest';
import { transportOf } from '../../src/jingle/jingle.ts';
import { pairSteps, replay } from '../support/replay.ts';

const config = `var config = { hosts: { domain: 'meet.jitsi.test', muc: 'conference.meet.jitsi.test' },
  websocket: 'wss://meet.jitsi.test:28443/xmpp-websocket', startAudioMuted: 100, startVideoMuted: 100 };`;
const room = 'ljmtrace17254';

describe('recording 30, alice', () => {
  const run = replay('30-lib-jitsi-meet.alice', { config, room });

  it('joins, and leaves in order', () => {
    expect(run.machine.state).toMatchObject({ name: 'closing', info: { reason: 'left' } });
    expect(run.effects.find(({ type }) => type === 'open-socket')).toEqual({
      type: 'open-socket',
      url: `wss://meet.jitsi.test:28443/xmpp-websocket?room=${room}`,
    });
    expect(run.machine.room?.occupantJid).toBe(`${room}@conference.meet.jitsi.test/af6c1005`);
    expect(run.eventsNamed('warning')).toEqual([]);
  });

  it('sees the other participant come, change and go', () => {
    const [joined] = run.eventsNamed('participantJoined');
    expect(joined?.participant).toMatchObject({
      id: '0d096f1b',
      displayName: 'bob',
      role: 'participant',
      audioMuted: true,
      videoMuted: true,
      codecs: ['vp8', 'vp9', 'h264', 'av1'],
      sources: [],
    });
    const [changed] = run.eventsNamed('participantChanged');
    expect(changed?.changed.toSorted()).toEqual(['audioMuted', 'sources', 'videoMuted']);
    expect(changed?.participant).toMatchObject({ audioMuted: false, videoMuted: false });
    expect(run.eventsNamed('participantLeft')).toMatchObject([{ participant: { id: '0d096f1b' }, departure: { reason: 'left' } }]);
  });

  it('knows the deployment: components, TURN from room metadata, permissions, the room', () => {
    expect(run.machine.services.domain?.components).toMatchObject({
      lobbyrooms: 'lobby.meet.jitsi.test',
      room_metadata: 'metadata.meet.jitsi.test',
    });
    expect(run.machine.services.iceServers).toEqual([
      { urls: 'stun:meet.jitsi.test:23478' },
      { urls: 'turn:meet.jitsi.test:23478', username: '1795509068', credential: 'WS2lQhexli/yguOeTqosHTmQ4AE=' },
      { urls: 'turn:meet.jitsi.test:23478?transport=tcp', username: '1795509068', credential: 'WS2lQhexli/yguOeTqosHTmQ4AE=' },
    ]);
    expect(run.eventsNamed('permissionsChanged').at(-1)?.permissions).toMatchObject({ 'send-groupchat': true });
    expect(run.eventsNamed('roomInfoChanged')).toMatchObject([
      { room: { meetingId: 'b719743f-760f-474f-af51-e3f4c45efc60', createdAt: 1795422668000, passwordProtected: false } },
    ]);
    expect(run.machine.room?.self).toMatchObject({ role: 'moderator', affiliation: 'owner' });
  });

  it('is offered the session, and told of the sources', () => {
    const [offered] = run.eventsNamed('sessionOffered');
    expect(offered?.session).toMatchObject({ sid: '9oab7sh5dobke', peer: `${room}@conference.meet.jitsi.test/focus` });
    expect(offered?.session.offer.contents.map(({ name }) => name)).toEqual(['audio', 'video', 'data']);
    expect(offered && transportOf(offered.session.offer)).toMatchObject({
      ufrag: '94toe1k83ofkl3',
      webSocketUrls: [expect.stringContaining('/colibri-ws/jvb1/8c47d52d1cc98633/af6c1005?pwd=')],
    });
    const [added] = run.eventsNamed('sourcesAdded');
    expect(added?.added.sources.map(({ name, owner, ssrc }) => ({ name, owner, ssrc }))).toEqual([
      { name: '0d096f1b-v0', owner: '0d096f1b', ssrc: 3921570306 },
      { name: '0d096f1b-v0', owner: '0d096f1b', ssrc: 466904179 },
      { name: '0d096f1b-a0', owner: '0d096f1b', ssrc: 1200810181 },
    ]);
  });

  it('hears its own chat message reflected', () => {
    expect(run.eventsNamed('messageReceived')).toMatchObject([
      { message: { text: 'hello from alice', from: 'af6c1005', isOwn: true, isHistory: false, isPrivate: false } },
    ]);
  });

  it('sends what the browser client sends, up to the differences that are explained', () => {
    const steps = pairSteps(run);
    expect(steps.onlyOurs).toEqual([]);
    expect(steps.onlyTheirs.toSorted()).toEqual([
      'iq get meet.jitsi.test urn:xmpp:ping ping',
      'iq set  urn:ietf:params:xml:ns:xmpp-session session',
      `iq set ${room}@conference.meet.jitsi.test/focus urn:xmpp:jingle:1 jingle session-accept`,
      'message  speakerstats.meet.jitsi.test',
      'message  speakerstats.meet.jitsi.test',
      'message  speakerstats.meet.jitsi.test',
      `presence  ${room}@conference.meet.jitsi.test/af6c1005`,
      `presence  ${room}@conference.meet.jitsi.test/af6c1005`,
      `presence  ${room}@conference.meet.jitsi.test/af6c1005`,
    ]);
    expect([...new Set(steps.differences)].toSorted()).toEqual(
      [
        'iq@id: OURS ≠ THEIRS',
        'iq/conference/property[visitors-version]: only theirs',
        'presence/SourceInfo: {} ≠ {"af6c1005-a0":{"muted":false},"af6c1005-v0":{"muted":false}}',
        'presence/c@ver: 6+QSW2hr2cqRWbfzbzxPNqPyhvY= ≠ dtzK/3xhISaXUMVg59IpXxdvKyQ=',
      ].toSorted(),
    );
  });
});
