import { describe, expect, it } from 'vitest';
import {
  buildPresence,
  isIgnoredPresence,
  type OwnPresence,
  parsePermissions,
  parsePresence,
  type PresenceState,
} from '../../../src/jitsi/participant-presence.ts';
import { xml } from '../../../src/xml/element.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { serialize } from '../../../src/xml/serialize.ts';
import { presence } from '../../../src/xmpp/stanza.ts';
import { captureFrame } from '../../support/captures.ts';

const id = '3f9c21ab';
const read = (content: string): PresenceState =>
  parsePresence(parseXml(`<presence xmlns='jabber:client' from='r@m/${id}'>${content}</presence>`), id);

const nothing: PresenceState = {
  audioMuted: true,
  videoMuted: true,
  sharing: false,
  codecs: [],
  features: [],
  properties: {},
  silent: false,
};

describe('parsePresence', () => {
  it('of somebody who says nothing', () => {
    expect(read('')).toEqual(nothing);
  });

  it('reads everything that a client may say', () => {
    expect(
      read(
        `<nick xmlns='http://jabber.org/protocol/nick'>Ada</nick><stats-id>Ada-Q</stats-id><email>a@b</email>` +
          `<avatar-url>https://a</avatar-url><avatar-id>7</avatar-id><status>away</status>` +
          `<features><feature var='https://jitsi.org/meet/e2ee'/><feature/></features>` +
          `<bot type='transcriber'/><silent xmlns='http://jitsi.org/protocol/silent'>false</silent>` +
          `<jitsi_participant_region>eu</jitsi_participant_region>` +
          `<jitsi_participant_e2ee.enabled>true</jitsi_participant_e2ee.enabled>` +
          `<jitsi_participant___proto__>odd</jitsi_participant___proto__>`,
      ),
    ).toEqual({
      ...nothing,
      displayName: 'Ada',
      statsId: 'Ada-Q',
      email: 'a@b',
      avatarUrl: 'https://a',
      avatarId: '7',
      status: 'away',
      features: ['https://jitsi.org/meet/e2ee'],
      botType: 'transcriber',
      silent: true,
      region: 'eu',
      properties: Object.assign(Object.create(null), {
        region: 'eu',
        'e2ee.enabled': 'true',
        ['__proto__']: 'odd',
      }),
    });
  });

  it('reads who the server says somebody is', () => {
    expect(
      read('<identity><user><id>7</id><name>Ada</name><avatar>u</avatar></user><group>g</group></identity>')
        .identity,
    ).toEqual({ id: '7', name: 'Ada', avatar: 'u', group: 'g' });
    expect(read('<identity><group>g</group></identity>').identity).toBeUndefined();
    expect(read(`<identity xmlns='urn:mine'><user><id>root</id></user></identity>`).identity).toBeUndefined();
  });

  it.each([
    [
      'the new format',
      '<SourceInfo>{"3f9c21ab-a0":{"muted":false}}</SourceInfo><audiomuted>true</audiomuted>',
      false,
      true,
    ],
    [
      'a muted source',
      '<SourceInfo>{"3f9c21ab-v0":{"muted":true}}</SourceInfo><videomuted>false</videomuted>',
      true,
      true,
    ],
    ['no sources', '<SourceInfo>{}</SourceInfo><audiomuted>false</audiomuted>', true, true],
    ['the old format', '<audiomuted>false</audiomuted><videomuted>true</videomuted>', false, true],
    [
      'the new format, unreadable, and the old one',
      '<SourceInfo>}</SourceInfo><videomuted>false</videomuted>',
      true,
      false,
    ],
    [
      'the old format in its namespaces',
      `<audiomuted xmlns='http://jitsi.org/jitmeet/audio'>false</audiomuted><videomuted xmlns='http://jitsi.org/jitmeet/video'> false </videomuted>`,
      false,
      false,
    ],
    ['sources of somebody else', '<SourceInfo>{"other-a0":{"muted":false}}</SourceInfo>', true, true],
  ])('reads mute states from %s', (_, content, audioMuted, videoMuted) => {
    expect(read(content)).toMatchObject({ audioMuted, videoMuted });
  });

  it.each([
    ['<videoType>desktop</videoType>', 'desktop'],
    [`<videoType xmlns='http://jitsi.org/jitmeet/video'>desktop</videoType>`, 'desktop'],
    ['<videoType> camera </videoType>', 'camera'],
    ['<videoType>hologram</videoType>', undefined],
    ['<videoType/>', undefined],
    ['<videoType>desktop</videoType><SourceInfo>}</SourceInfo>', 'desktop'],
    ['<videoType>desktop</videoType><SourceInfo>{"3f9c21ab-v0":{}}</SourceInfo>', undefined],
  ])('reads what the one picture of an older client shows: %s', (content, videoType) => {
    expect(read(content).videoType).toBe(videoType);
  });

  it.each([
    ['<SourceInfo>{"3f9c21ab-v1":{"muted":false,"videoType":"desktop"}}</SourceInfo>', true],
    ['<SourceInfo>{"3f9c21ab-v1":{"muted":true,"videoType":"desktop"}}</SourceInfo>', false],
    ['<SourceInfo>{"3f9c21ab-v0":{"muted":false}}</SourceInfo><videoType>desktop</videoType>', false],
    ['<videoType>desktop</videoType><videomuted>false</videomuted>', true],
    ['<videoType>desktop</videoType>', false],
  ])('reads whether a screen is shown: %s', (content, sharing) => {
    expect(read(content).sharing).toBe(sharing);
  });

  it.each([
    [['jigasi'], 'jigasi'],
    [['jigasi', 'transcriber'], 'transcriber'],
    [['jibri'], 'jibri'],
    [['other'], undefined],
  ])('reads what kind of program says %j of itself', (names, botType) => {
    const features = names.map((name) => `<feature var='http://jitsi.org/protocol/${name}'/>`).join('');
    expect(read(`<features>${features}</features>`).botType).toBe(botType);
    expect(read(`<features>${features}</features><bot type='mine'/>`).botType).toBe('mine');
  });

  it.each([
    ['1790000000000', 1_790_000_000_000],
    ['true', 1],
    ['0', undefined],
    ['', undefined],
    ['false', undefined],
    ['-5', undefined],
    ['Infinity', undefined],
  ])('reads a raised hand of %j', (value, expected) => {
    expect(read(`<jitsi_participant_raisedHand>${value}</jitsi_participant_raisedHand>`).handRaisedAt).toBe(
      expected,
    );
  });

  it('reads codecs, in the older form too', () => {
    expect(read('<jitsi_participant_codecList>AV1, vp9,,h264</jitsi_participant_codecList>').codecs).toEqual([
      'av1',
      'vp9',
      'h264',
    ]);
    expect(read('<jitsi_participant_codecType>VP8</jitsi_participant_codecType>').codecs).toEqual(['vp8']);
    expect(read(`<jitsi_participant_codecType xmlns='http://jitsi.org/jitmeet'/>`).codecs).toEqual([]);
  });

  it('takes an empty name for none', () => {
    expect(read(`<nick xmlns='http://jabber.org/protocol/nick'/><status/>`)).toEqual(nothing);
    expect(read('<nick>not in the namespace</nick>')).toEqual(nothing);
  });
});

describe('buildPresence', () => {
  const least: OwnPresence = {
    statsId: 's',
    caps: { node: 'n', ver: 'v', hash: 'sha-1' },
    features: [],
    sources: [],
    codecs: ['vp8'],
    properties: {},
  };
  const written = (own: OwnPresence): string => serialize(presence({}, ...buildPresence(own)));

  it('writes little when there is little to say', () => {
    expect(written(least)).toBe(
      '<presence xmlns="jabber:client"><stats-id>s</stats-id>' +
        '<c xmlns="http://jabber.org/protocol/caps" hash="sha-1" node="n" ver="v"/>' +
        '<SourceInfo>{}</SourceInfo><jitsi_participant_codecList>vp8</jitsi_participant_codecList></presence>',
    );
  });

  it('writes what parsePresence reads', () => {
    const own: OwnPresence = {
      ...least,
      displayName: 'Ada & Bob <3',
      features: ['https://jitsi.org/meet/e2ee'],
      sources: [{ name: `${id}-a0`, mediaType: 'audio', muted: false }],
      codecs: ['av1', 'vp8'],
      region: 'eu',
      email: 'a@b',
      avatarUrl: 'https://a/?b=c&d',
      handRaisedAt: 42,
      properties: { 'e2ee.enabled': 'true' },
    };
    expect(
      read(
        buildPresence(own)
          .map((node) => (typeof node === 'string' ? node : serialize(node)))
          .join(''),
      ),
    ).toEqual({
      sharing: false,
      statsId: 's',
      caps: least.caps,
      displayName: 'Ada & Bob <3',
      features: ['https://jitsi.org/meet/e2ee'],
      sources: own.sources,
      audioMuted: false,
      videoMuted: true,
      codecs: ['av1', 'vp8'],
      region: 'eu',
      email: 'a@b',
      avatarUrl: 'https://a/?b=c&d',
      handRaisedAt: 42,
      silent: false,
      properties: { codecList: 'av1,vp8', region: 'eu', raisedHand: '42', 'e2ee.enabled': 'true' },
    });
  });

  it('writes a lowered hand as 0, and no name as no element', () => {
    expect(written({ ...least, handRaisedAt: 0 })).toContain('<jitsi_participant_raisedHand>0</');
    expect(written(least)).not.toContain('<nick');
  });
});

describe('what the server adds', () => {
  it('are permissions', () => {
    const own = parseXml(captureFrame('30-lib-jitsi-meet.alice', 'received', '<permissions'));
    expect(parsePermissions(own)).toEqual({
      livestreaming: true,
      recording: true,
      'create-polls': true,
      'outbound-call': true,
      'live-translation-subscribe': true,
      'send-groupchat': true,
      'live-translation': true,
      transcription: true,
      flip: true,
    });
    const denied = xml('http://jitsi.org/jitmeet', 'p', { name: 'recording', val: 'false' });
    const odd = xml('http://jitsi.org/jitmeet', 'p', { val: 'true' });
    expect(
      parsePermissions(presence({}, xml('http://jitsi.org/jitmeet', 'permissions', {}, denied, odd))),
    ).toEqual({
      recording: false,
    });
    expect(parsePermissions(presence({}))).toBeUndefined();
  });

  it('are marks of presences that do not count', () => {
    expect(isIgnoredPresence(presence({}, xml('http://jitsi.org/jitmeet/', 'ignore')))).toBe(true);
    expect(isIgnoredPresence(presence({}, xml('http://jitsi.org/jitmeet', 'ignore')))).toBe(false);
  });
});
