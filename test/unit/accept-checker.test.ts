/** The judge of our session-accepts: it takes what a real Jicofo took, and each of its rules can fail. */
import { describe, expect, it } from 'vitest';
import { type AcceptRule, objectionsTo } from '../support/accept-checker.ts';
import { captureFrame, captureFrames } from '../support/captures.ts';
import { caseXml } from '../support/jingle-cases.ts';

const accept = caseXml('worked-example.session-accept');
const context = { offer: caseXml('worked-example.session-initiate'), endpointId: 'a1b2c3d4' };

it.each(['worked-example.session-accept', 'minimal.session-accept'])('takes %s', (name) => {
  const objections = objectionsTo(caseXml(name), context);
  // The shortest one bundles nothing: nobody at the other side looks at the group.
  expect(objections.filter(({ rule }) => rule !== 'bundle' || !name.startsWith('minimal'))).toEqual([]);
});

describe.each([
  '02-xml-sources-three-participants.alice',
  '02-xml-sources-three-participants.bob',
  '02-xml-sources-three-participants.carol',
  '06-moving.alice',
  '06-moving.bob',
  '30-lib-jitsi-meet.alice',
  '30-lib-jitsi-meet.bob',
])('%s', (recording) => {
  const [, endpointId = ''] =
    /to=["'][^"'/]*\/([^"']+)["']/.exec(captureFrame(recording, 'sent', '<presence')) ?? [];
  const frames = captureFrames(recording);
  const accepts = frames.filter(({ kind, text }) => kind === 'sent' && text.includes('session-accept'));

  it('was accepted, and is accepted here', () => {
    expect(accepts.length).toBeGreaterThan(0);
    for (const { text } of accepts) {
      const sid = / sid=["']([^"']+)["']/.exec(text)?.[1] ?? '';
      const offer = captureFrame(recording, 'received', 'session-initiate', sid);
      expect(objectionsTo(text, { offer, endpointId })).toEqual([]);
      const id = /<iq[^>]* id=["']([^"']+)["']/.exec(text)?.[1] ?? '';
      expect(captureFrame(recording, 'received', '<iq', id)).toMatch(/type=["']result["']/);
    }
  });
});

const camera = 'ssrc="2641488964" name="a1b2c3d4-v0"';
const cameraMsid = 'a1b2c3d4-video-0-1 92c30f96-7a51-408d-bc65-b5c928e4b171-1';
const group = (...ssrcs: string[]): string =>
  `<ssrc-group xmlns="urn:xmpp:jingle:apps:rtp:ssma:0" semantics="FID">${ssrcs.map((ssrc) => `<source ssrc="${ssrc}"/>`).join('')}</ssrc-group>`;
const fid = group('2641488964', '315475946');
const candidate = (attributes: string): string =>
  `<candidate foundation="1" ip="192.0.2.1" port="9" priority="1" protocol="udp" type="host" ${attributes}/></transport>`;
const extension = (attributes: string): string =>
  `<rtp-hdrext xmlns="urn:xmpp:jingle:apps:rtp:rtp-hdrext:0" ${attributes}/><rtcp-mux/>`;
const more = (count: number): string =>
  Array.from(
    { length: count },
    (_, index) =>
      `<source xmlns="urn:xmpp:jingle:apps:rtp:ssma:0" ssrc="${5000 + index}" name="a1b2c3d4-v${index + 1}" videoType="camera"/>`,
  ).join('');

/** Of the camera's own SSRCs, all different, none in the example. */
const groups = (count: number): string => {
  const ssrcs = ['3100000003', '3100000005', '315475946', '3100000004', '3100000006'];
  const pairs = ssrcs.flatMap((a) => ssrcs.filter((b) => b !== a).map((b) => [a, b]));
  const present = ['3100000003 3100000004', '3100000005 3100000006'];
  return pairs
    .filter((pair) => !present.includes(pair.join(' ')))
    .slice(0, count)
    .map((pair) => group(...pair))
    .join('');
};

/** What is broken, the rule that must say so, and how. Each edit must find what it looks for. */
const broken: [what: string, rule: AcceptRule, from: string | RegExp, to: string][] = [
  ['another action', 'stanza', 'session-accept', 'session-info'],
  ['another sid', 'sid', / sid="[^"]*"/, ' sid="elsewhere"'],
  [
    'sources in JSON',
    'no-json',
    '</jingle>',
    '<json-message xmlns="http://jitsi.org/jitmeet">{}</json-message></jingle>',
  ],
  ['a content named by its mid', 'content-names', '"responder" name="audio"', '"responder" name="0"'],
  ['a content twice', 'content-names', '"responder" name="video"', '"responder" name="audio"'],
  ['a content of other media', 'content-names', 'media="audio"', 'media="video"'],
  ['no group', 'bundle', /<group .*<\/group>/, ''],
  ['a content that is not bundled', 'bundle', '<content name="data"/></group>', '</group>'],
  ['no transport at all', 'transport', /<transport [^]*?<\/transport>/g, ''],
  ['transports that differ', 'transport', 'ufrag="', 'ufrag="x'],
  ['no ufrag', 'credentials', / ufrag="[^"]*"/g, ''],
  ['a short ufrag', 'credentials', / ufrag="[^"]*"/g, ' ufrag="abc"'],
  ['no pwd', 'credentials', / pwd="[^"]*"/g, ''],
  ['no fingerprint', 'fingerprint', /<fingerprint .*<\/fingerprint>/g, ''],
  ['a fingerprint in lower case', 'fingerprint', /9D:D3/g, '9d:d3'],
  ['a fingerprint without colons', 'fingerprint', /9D:D3/g, '9DD3'],
  ['a fingerprint cut short', 'fingerprint', /9D:D3:/g, ''],
  ['a hash nobody knows', 'fingerprint', /sha-256/g, 'md5'],
  ['an undecided DTLS role', 'setup', /setup="active"/g, 'setup="actpass"'],
  ['no DTLS role', 'setup', /setup="active"/g, ''],
  [
    'a candidate of another generation',
    'candidates',
    '</transport>',
    candidate('component="1" generation="1"'),
  ],
  ['a candidate for RTCP', 'candidates', '</transport>', candidate('component="2" generation="0"')],
  ['another payload type', 'payload-types', 'id="100" name="VP8"', 'id="98" name="VP8"'],
  ['another codec', 'payload-types', 'id="100" name="VP8"', 'id="100" name="VP9"'],
  ['another clock rate', 'payload-types', 'clockrate="90000"', 'clockrate="48000"'],
  [
    'another extension id',
    'extension-ids',
    '<rtcp-mux/>',
    extension('id="9" uri="urn:ietf:params:rtp-hdrext:ssrc-audio-level"'),
  ],
  ['lastN that is none', 'last-n', 'value="25"', 'value="all"'],
  [
    'lastN in the wrong content',
    'last-n',
    '</jingle>',
    '<content name="data"><initial-last-n xmlns="jitsi:colibri2" value="1"/></content></jingle>',
  ],
  ['SSRC 0', 'ssrc', 'ssrc="2552630928"', 'ssrc="0"'],
  ['an SSRC of 33 bits', 'ssrc', 'ssrc="2552630928"', 'ssrc="4294967296"'],
  ['an SSRC twice', 'ssrc', 'ssrc="2552630928"', 'ssrc="2641488964"'],
  ['no name', 'source-name', camera, 'ssrc="2641488964"'],
  ['a name of somebody else', 'source-name', camera, 'ssrc="2641488964" name="b2c3d4e5-v0"'],
  ['a name of other media', 'source-name', camera, 'ssrc="2641488964" name="a1b2c3d4-a0"'],
  ['a name without number', 'source-name', camera, 'ssrc="2641488964" name="a1b2c3d4-v"'],
  ['two names for one track', 'source-name', camera, 'ssrc="2641488964" name="a1b2c3d4-v1"'],
  ['a video type nobody knows', 'video-type', 'videoType="camera"', 'videoType="none"'],
  ['no video type', 'video-type', 'videoType="camera"', ''],
  ['a video type for sound', 'video-type', 'name="a1b2c3d4-a0"', 'name="a1b2c3d4-a0" videoType="camera"'],
  ['21 SSRCs', 'source-limit', fid, `${more(14)}${fid}`],
  ['21 groups', 'group-limit', fid, groups(18)],
  ['groups for FEC', 'group-semantics', 'semantics="FID"', 'semantics="FEC-FR"'],
  [
    'FID of three',
    'group-members',
    fid,
    fid.replace('</ssrc-group>', '<source ssrc="3100000004"/></ssrc-group>'),
  ],
  ['FID of one', 'group-members', fid, fid.replace('<source ssrc="315475946"/>', '')],
  ['a group with an SSRC that is not signalled', 'group-members', fid, fid.replace('315475946', '315475947')],
  ['a group with an SSRC of other media', 'group-members', fid, fid.replace('315475946', '2552630928')],
  ['a group without msid', 'group-msid', new RegExp(`<parameter[^>]*${cameraMsid}"/>`), ''],
  ['a group with two msids', 'group-msid', cameraMsid, 'other track'],
  ['a lone source with the msid of a group', 'shared-msid', fid, ''],
];

describe('a session-accept', () => {
  it.each(broken)('with %s breaks the rule %s', (_, rule, from, to) => {
    const edited = accept.replace(from, to);
    expect(edited).not.toBe(accept);
    expect(objectionsTo(edited, context).map((objection) => objection.rule)).toContain(rule);
  });

  it('with 20 SSRCs and 20 groups is within the limits', () => {
    // Groups that are empty or repeated do not count.
    const full = accept.replace(fid, `${more(13)}${groups(16)}${fid.repeat(3)}`);
    expect(objectionsTo(full, context)).toEqual([]);
  });

  it('has a test for every rule', () => {
    const rules: Record<AcceptRule, true> = {
      stanza: true,
      sid: true,
      'no-json': true,
      'content-names': true,
      bundle: true,
      transport: true,
      credentials: true,
      fingerprint: true,
      setup: true,
      candidates: true,
      'payload-types': true,
      'extension-ids': true,
      'last-n': true,
      ssrc: true,
      'source-name': true,
      'video-type': true,
      'source-limit': true,
      'group-semantics': true,
      'group-members': true,
      'group-limit': true,
      'group-msid': true,
      'shared-msid': true,
    };
    expect([...new Set(broken.map(([, rule]) => rule))].sort()).toEqual(Object.keys(rules).sort());
  });
});
