import { describe, expect, it } from 'vitest';
import { parseXml } from '../../../src/xml/parse.ts';
import { serialize } from '../../../src/xml/serialize.ts';
import {
  buildClose,
  buildOpen,
  buildStreamError,
  isStreamFeatures,
  parseStreamError,
  parseStreamFeatures,
} from '../../../src/xmpp/framing.ts';
import { captureFrame } from '../../support/captures.ts';

describe('framing', () => {
  it('opens and closes as RFC 7395 shows', () => {
    expect(serialize(buildOpen('meet.example'))).toBe(
      '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="meet.example" version="1.0"/>',
    );
    expect(serialize(buildClose())).toBe('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>');
  });

  it('reads the features before and after login', () => {
    const before = parseXml(
      captureFrame('30-lib-jitsi-meet.alice', 'received', '<stream:features', '<mechanisms'),
    );
    expect(isStreamFeatures(before)).toBe(true);
    expect(parseStreamFeatures(before)).toEqual({
      mechanisms: ['ANONYMOUS'],
      bind: false,
      streamManagement: false,
    });
    const after = parseXml(captureFrame('30-lib-jitsi-meet.alice', 'received', '<stream:features', '<bind'));
    expect(parseStreamFeatures(after)).toEqual({ mechanisms: [], bind: true, streamManagement: true });
  });

  it('takes stream management of version 3 only', () => {
    const features = parseXml(
      `<features xmlns='http://etherx.jabber.org/streams'><sm xmlns='urn:xmpp:sm:2'/>` +
        `<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism> PLAIN\n</mechanism><mechanism>SCRAM-SHA-1</mechanism></mechanisms></features>`,
    );
    expect(parseStreamFeatures(features)).toEqual({
      mechanisms: ['PLAIN', 'SCRAM-SHA-1'],
      bind: false,
      streamManagement: false,
    });
    expect(isStreamFeatures(parseXml(`<features xmlns='jabber:client'/>`))).toBe(false);
  });

  it.each([
    ['<max-bytes> 524288 </max-bytes>', 524_288],
    ['<max-bytes>none</max-bytes>', undefined],
    ['<max-bytes>0</max-bytes>', undefined],
    ['<idle-seconds>60</idle-seconds>', undefined],
  ])('reads what a stanza may have: %s', (content, bytes) => {
    const features = parseXml(
      `<features xmlns='http://etherx.jabber.org/streams'><limits xmlns='urn:xmpp:stream-limits:0'>${content}</limits></features>`,
    );
    expect(parseStreamFeatures(features).maxBytes).toBe(bytes);
  });
});

describe('stream errors', () => {
  it('are read with condition and words', () => {
    const error = parseXml(captureFrame('11-services.unknownhost', 'received', '<stream:error'));
    expect(parseStreamError(error)).toEqual({
      condition: 'host-unknown',
      text: 'This server does not serve elsewhere.test',
    });
  });

  it('are read as they are written', () => {
    expect(parseStreamError(buildStreamError('conflict', 'replaced'))).toEqual({
      condition: 'conflict',
      text: 'replaced',
    });
    expect(parseStreamError(buildStreamError('reset'))).toEqual({ condition: 'reset' });
  });

  it('may name no condition', () => {
    const error = parseXml(`<error xmlns='http://etherx.jabber.org/streams'/>`);
    expect(parseStreamError(error)).toEqual({ condition: 'undefined-condition' });
    expect(parseStreamError(parseXml(`<error xmlns='jabber:client'/>`))).toBeUndefined();
  });
});
