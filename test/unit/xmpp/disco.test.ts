import { describe, expect, it } from 'vitest';
import { xml } from '../../../src/xml/element.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { buildCaps, capsVer, parseCaps } from '../../../src/xmpp/caps.ts';
import { buildDataForm, parseDataForm } from '../../../src/xmpp/data-form.ts';
import {
  buildDiscoInfo,
  type DiscoInfo,
  discoInfoOf,
  discoInfoQuery,
  parseDiscoInfo,
} from '../../../src/xmpp/disco.ts';
import { captureFrame } from '../../support/captures.ts';

const recordedInfo = (name: string, ...parts: string[]): DiscoInfo => {
  const query = discoInfoOf(parseXml(captureFrame(name, 'received', 'disco#info', ...parts)));
  if (!query) throw new Error('no query');
  return parseDiscoInfo(query);
};

describe('disco#info', () => {
  it('reads the services that the server pushes', () => {
    const info = recordedInfo('30-lib-jitsi-meet.alice', '<message');
    expect(info.identities).toContainEqual({
      category: 'component',
      type: 'av_moderation',
      name: 'avmoderation.meet.jitsi.test',
    });
    expect(info.features).toEqual(['http://jitsi.org/protocol/breakout_rooms#rename']);
    expect(info.forms).toEqual([]);
  });

  it('reads a room’s form', () => {
    const [form] = recordedInfo('30-lib-jitsi-meet.alice', 'muc#roominfo').forms;
    expect(form?.get('FORM_TYPE')).toEqual(['http://jabber.org/protocol/muc#roominfo']);
    expect(form?.get('muc#roominfo_meetingId')).toEqual(['b719743f-760f-474f-af51-e3f4c45efc60']);
    // a field without a value
    expect(form?.get('muc#roomconfig_roomname')).toEqual([]);
  });

  it('reads what it writes', () => {
    const info: DiscoInfo = {
      node: 'https://jitsi.org/jitsi-meet#abc=',
      identities: [
        { category: 'client', type: 'pc', name: 'Psi', lang: 'en' },
        { category: 'client', type: 'web' },
      ],
      features: ['urn:a', 'urn:b'],
      forms: [
        new Map([
          ['FORM_TYPE', ['urn:form']],
          ['many', ['1', '2']],
          ['none', []],
        ]),
      ],
    };
    expect(parseDiscoInfo(buildDiscoInfo(info))).toEqual(info);
  });

  it('asks about an entity or a node', () => {
    expect(discoInfoQuery()).toEqual(xml('http://jabber.org/protocol/disco#info', 'query'));
    expect(discoInfoQuery('n#v').attrs).toEqual({ node: 'n#v' });
  });

  it('leaves out what has no name', () => {
    const query = parseXml(
      `<query xmlns='http://jabber.org/protocol/disco#info'><identity/><feature/><feature var='x'/>` +
        `<x xmlns='jabber:x:data'><field><value>lost</value></field></x></query>`,
    );
    expect(parseDiscoInfo(query)).toEqual({
      identities: [{ category: '', type: '' }],
      features: ['x'],
      forms: [new Map()],
    });
  });
});

describe('data forms', () => {
  const fields = new Map([
    ['FORM_TYPE', ['http://jabber.org/protocol/muc#roomconfig']],
    ['muc#roomconfig_membersonly', ['1']],
  ]);

  it('hide the form type in results, and leave it untyped in what is submitted', () => {
    expect(buildDataForm('result', fields).children[0]).toMatchObject({
      attrs: { var: 'FORM_TYPE', type: 'hidden' },
    });
    expect(buildDataForm('submit', fields).children[0]).toMatchObject({ attrs: { var: 'FORM_TYPE' } });
    expect(buildDataForm('submit', fields).children[0]).not.toHaveProperty('attrs.type');
  });

  it('read what they write', () => {
    expect(parseDataForm(buildDataForm('submit', fields))).toEqual(fields);
  });
});

describe('capsVer', () => {
  it('gives the hash of XEP-0115, 5.2', () => {
    expect(
      capsVer({
        identities: [{ category: 'client', type: 'pc', name: 'Exodus 0.9.1' }],
        features: [
          'http://jabber.org/protocol/disco#info',
          'http://jabber.org/protocol/disco#items',
          'http://jabber.org/protocol/muc',
          'http://jabber.org/protocol/caps',
        ],
        forms: [],
      }),
    ).toBe('QgayPKawpkPSDYmwT/WM94uAlu0=');
  });

  it('gives the hash of XEP-0115, 5.3, with languages and a form', () => {
    expect(
      capsVer({
        identities: [
          { category: 'client', type: 'pc', name: 'Psi 0.11', lang: 'en' },
          { category: 'client', type: 'pc', name: 'Ψ 0.11', lang: 'el' },
        ],
        features: [
          'http://jabber.org/protocol/caps',
          'http://jabber.org/protocol/disco#info',
          'http://jabber.org/protocol/disco#items',
          'http://jabber.org/protocol/muc',
        ],
        forms: [
          new Map([
            ['FORM_TYPE', ['urn:xmpp:dataforms:softwareinfo']],
            ['ip_version', ['ipv6', 'ipv4']],
            ['os', ['Mac']],
            ['os_version', ['10.5.1']],
            ['software', ['Psi']],
            ['software_version', ['0.11']],
          ]),
        ],
      }),
    ).toBe('q07IKJEyjvHSyhy//CH0CxmKi8w=');
  });

  it('gives the hash of the features of a browser client', () => {
    const features = [
      'http://jabber.org/protocol/caps',
      'http://jitsi.org/json-encoded-sources',
      'http://jitsi.org/receive-multiple-video-streams',
      'http://jitsi.org/remb',
      'http://jitsi.org/source-name',
      'http://jitsi.org/ssrc-rewriting-1',
      'http://jitsi.org/start-muted-room-metadata',
      'http://jitsi.org/tcc',
      'http://jitsi.org/visitors-1',
      'urn:ietf:rfc:4588',
      'urn:xmpp:jingle:1',
      'urn:xmpp:jingle:apps:dtls:0',
      'urn:xmpp:jingle:apps:rtp:1',
      'urn:xmpp:jingle:apps:rtp:audio',
      'urn:xmpp:jingle:apps:rtp:video',
      'urn:xmpp:jingle:transports:dtls-sctp:1',
      'urn:xmpp:jingle:transports:ice-udp:1',
      'urn:xmpp:rayo:client:1',
    ];
    expect(capsVer({ identities: [], features, forms: [] })).toBe('+mpajJhafj8jFogLBKsPbQfMgzU=');
    expect(capsVer({ identities: [], features: features.toReversed(), forms: [] })).toBe(
      '+mpajJhafj8jFogLBKsPbQfMgzU=',
    );
  });
});

describe('the caps element', () => {
  const caps = { node: 'https://jitsi.org/jitsi-meet', ver: 'dtzK/3xhISaXUMVg59IpXxdvKyQ=', hash: 'sha-1' };

  it('reads what it writes', () => {
    expect(parseCaps(xml('jabber:client', 'presence', {}, buildCaps(caps)))).toEqual(caps);
  });

  it('counts only when it is complete, and the namespace right', () => {
    const presence = (c: string): ReturnType<typeof parseCaps> =>
      parseCaps(parseXml(`<presence xmlns='jabber:client'>${c}</presence>`));
    expect(presence('')).toBeUndefined();
    expect(presence(`<c xmlns='http://jabber.org/protocol/caps' node='n' ver='v'/>`)).toBeUndefined();
    expect(presence(`<c node='n' ver='v' hash='sha-1'/>`)).toBeUndefined();
  });
});
