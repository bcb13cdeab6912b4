import { describe, expect, it } from 'vitest';
import { clientCaps, clientDiscoInfo, defaultFeatures, feature } from '../../../src/jitsi/features.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { discoInfoOf, parseDiscoInfo } from '../../../src/xmpp/disco.ts';
import { captureFrame } from '../../support/captures.ts';

describe('what we announce', () => {
  it('is media over the bridge, and nothing that we do not do', () => {
    expect(defaultFeatures).toEqual(
      expect.arrayContaining([
        feature.audio,
        feature.video,
        feature.dtlsSctp,
        feature.jsonSources,
        feature.sourceNames,
      ]),
    );
    for (const missing of [
      feature.rtx,
      feature.transportCc,
      feature.remb,
      feature.ssrcRewriting,
      feature.opusRed,
    ]) {
      expect(defaultFeatures).not.toContain(missing);
    }
    expect(new Set(defaultFeatures).size).toBe(defaultFeatures.length);
  });

  it('is among what the browser client announces, letter by letter', () => {
    const query = discoInfoOf(
      parseXml(captureFrame('36-breakout.carol', 'sent', 'type="result"', 'disco#info')),
    );
    const browser = query ? parseDiscoInfo(query).features : [];
    expect(defaultFeatures.filter((name) => !browser.includes(name))).toEqual([]);
  });

  it('has the hash of the same list, under the browser’s node', () => {
    expect(clientDiscoInfo(['a'])).toEqual({ identities: [], features: ['a'], forms: [] });
    // printf 'a<b<' | openssl sha1 -binary | base64
    expect(clientCaps(['b', 'a'])).toEqual({
      node: 'https://jitsi.org/jitsi-meet',
      ver: 'HiFqWGaJba8nmp2b+lSW8gbBTks=',
      hash: 'sha-1',
    });
  });
});
