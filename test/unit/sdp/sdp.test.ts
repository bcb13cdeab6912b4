import { describe, expect, it } from 'vitest';
import { ParseError } from '../../../src/base/errors.ts';
import {
  attribute,
  attributes,
  directionOf,
  parseMediaLine,
  parseSdp,
  writeSdp,
} from '../../../src/sdp/sdp.ts';
import { sdpFixture } from '../../support/jingle-cases.ts';

describe('SDP lines', () => {
  it('are written as they were read', () => {
    const text = sdpFixture('worked-example.answer.sdp');
    const sdp = parseSdp(text);
    expect(sdp.media.map((lines) => parseMediaLine(lines).kind)).toEqual([
      'audio',
      'audio',
      'video',
      'video',
      'application',
    ]);
    expect(writeSdp(sdp)).toBe(text);
    expect(writeSdp(parseSdp(text.replaceAll('\r\n', '\n')))).toBe(text);
  });

  it('answer for attributes by their whole name', () => {
    const lines = ['m=audio 9 X 0', 'a=rtcp-mux', 'a=rtcp:9 IN IP4 0.0.0.0', 'a=ssrc:1 a:b', 'a=ssrc:2 c'];
    expect(attribute(lines, 'rtcp')).toBe('9 IN IP4 0.0.0.0');
    expect(attribute(lines, 'rtcp-mux')).toBe('');
    expect(attribute(lines, 'rtc')).toBeUndefined();
    expect(attributes(lines, 'ssrc')).toEqual(['1 a:b', '2 c']);
    expect(directionOf(lines)).toBeUndefined();
    expect(directionOf([...lines, 'a=inactive'])).toBe('inactive');
  });

  it('cannot smuggle in another line', () => {
    expect(writeSdp({ session: ['v=0', 's=a\r\na=ice-lite\u0000'], media: [] })).toBe(
      'v=0\r\ns=aa=ice-lite\r\n',
    );
  });

  it('have ports with a count', () => {
    expect(parseMediaLine(['m=video 49170/2 RTP/AVP 31 32'])).toEqual({
      kind: 'video',
      port: 49170,
      protocol: 'RTP/AVP',
      formats: ['31', '32'],
    });
  });

  it.each(['', 'v=1\r\n', 'o=- 1 1 IN IP4 0.0.0.0\r\n', 'v=0\r\nnonsense\r\n', '{"type":"answer"}'])(
    'are refused when they are something else: %j',
    (text) => {
      expect(() => parseSdp(text)).toThrow(ParseError);
    },
  );

  it.each(['m=', 'm=audio', 'm=audio nine RTP/AVP 0', 'm=audio 9'])('are refused as m-line: %j', (line) => {
    expect(() => parseMediaLine([line])).toThrow(ParseError);
  });
});
