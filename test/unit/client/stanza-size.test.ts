import { describe, expect, it } from 'vitest';
import { checkPresenceSize, checkStanzaSize } from '../../../src/client/stanza-size.ts';
import { buildGroupMessage } from '../../../src/jitsi/chat-message.ts';
import { serialize } from '../../../src/xml/serialize.ts';
import { iqGet } from '../../../src/xmpp/stanza.ts';
import { xml } from '../../../src/xml/element.ts';

const line = (text: string) => buildGroupMessage('room@muc.test', 'id', text);
const rest = serialize(line('x')).length - 1;

describe('a stanza that the server would not take', () => {
  it.each([
    ['x', 1],
    ['&', 5],
    ['é', 2],
    ['🙂', 4],
  ])('is known to the byte, of %s', (character, bytes) => {
    const most = Math.floor((262_144 - rest) / bytes);
    checkStanzaSize(line(character.repeat(most)), undefined);
    expect(() => checkStanzaSize(line(character.repeat(most + 1)), undefined)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        code: 'message-too-long',
        message: expect.stringMatching(
          / has 262\d{3} bytes, and the server takes 262144 at most; send it in parts$/,
        ),
      }),
    );
  });

  it('is what the server says it is', () => {
    checkStanzaSize(line('x'.repeat(300_000)), 524_288);
    expect(() => checkStanzaSize(line('x'.repeat(2_000)), 1_000)).toThrow(/takes 1000 at most/);
    const iq = iqGet('to', 'id', xml('urn:test', 'query', {}, 'x'.repeat(2_000)));
    expect(() => checkStanzaSize(iq, 1_000)).toThrow(expect.objectContaining({ code: 'stanza-too-long' }));
  });

  it('may be a presence with a long name', () => {
    checkPresenceSize({ displayName: 'x'.repeat(200_000) }, undefined);
    expect(() => checkPresenceSize({ displayName: 'x'.repeat(260_000) }, undefined)).toThrow(
      expect.objectContaining({ code: 'stanza-too-long' }),
    );
  });
});
