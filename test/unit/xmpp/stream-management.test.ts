import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../../src/base/errors.ts';
import { xml } from '../../../src/xml/element.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { serialize } from '../../../src/xml/serialize.ts';
import { StreamManagement } from '../../../src/xmpp/stream-management.ts';
import { message, presence } from '../../../src/xmpp/stanza.ts';
import { type CaptureEntry, captureFrames, captureNames } from '../../support/captures.ts';

const sm = 'urn:xmpp:sm:3';
const request = xml(sm, 'r');
const answer = (h: string | number): ReturnType<typeof xml> => xml(sm, 'a', { h });
const enabledElement = xml(sm, 'enabled', { id: 'key', resume: 'true' });

function started(): StreamManagement {
  const management = new StreamManagement();
  management.enable();
  management.enabled(enabledElement);
  return management;
}

describe('counting', () => {
  it('begins with enable for what we send, with enabled for what we receive', () => {
    const management = new StreamManagement();
    management.sent(presence({ id: 'before' }));
    management.received(presence({}));
    expect(management.active).toBe(false);
    expect(serialize(management.enable())).toBe('<enable xmlns="urn:xmpp:sm:3" resume="true"/>');
    management.sent(message({ id: 'early' }));
    management.received(presence({}));
    management.enabled(enabledElement);
    expect(management.active).toBe(true);
    management.received(message({}));
    management.received(enabledElement);
    management.received(xml('urn:x', 'message'));
    expect(management.resumption).toEqual({
      id: 'key',
      received: 1,
      unacknowledged: [message({ id: 'early' })],
    });
    expect(management.received(request)).toEqual(answer(1));
  });

  it('asks for an acknowledgement after every fifth stanza', () => {
    const management = started();
    const asked = Array.from({ length: 11 }, () => management.sent(presence({})));
    expect(asked.flatMap((element, index) => (element ? [[index + 1, element]] : []))).toEqual([
      [5, request],
      [10, request],
    ]);
    expect(management.sent(request)).toBeUndefined();
  });

  it('forgets what is acknowledged', () => {
    const management = started();
    for (const id of ['1', '2', '3']) management.sent(message({ id }));
    management.received(answer(2));
    expect(management.resumption?.unacknowledged).toEqual([message({ id: '3' })]);
    management.received(answer(2));
    management.received(answer(3));
    expect(management.resumption?.unacknowledged).toEqual([]);
  });

  it.each([
    ['more than was sent', 3],
    ['less than before', 0],
    ['less than nothing', -1],
    ['what h can never be', 2 ** 32],
    ['a step back that would be one forward after 2^32', 2 ** 32 - 1],
    ['half a stanza', '1.5'],
    ['a word', 'two'],
  ])('refuses an acknowledgement of %s', (_, h) => {
    const management = started();
    management.sent(presence({}));
    management.sent(presence({}));
    management.received(answer(1));
    expect(() => management.received(answer(h))).toThrow(ProtocolError);
    expect(() => management.received(answer(h))).toThrow(
      expect.objectContaining({ code: 'sm-handled-too-many' }),
    );
  });

  it('refuses an acknowledgement without a count', () => {
    expect(() => started().received(xml(sm, 'a'))).toThrow(ProtocolError);
  });
});

describe('resumption', () => {
  it('is impossible when the server says so, by words or by leaving them out', () => {
    const management = new StreamManagement();
    expect(management.resumption).toBeUndefined();
    management.enable();
    management.enabled(xml(sm, 'enabled', { id: 'key' }));
    expect(management.resumption).toBeUndefined();
    management.enabled(xml(sm, 'enabled', { id: 'key', resume: '1' }));
    expect(management.resumption?.id).toBe('key');
  });

  it('is given up, and memory with it, when nothing is ever acknowledged', () => {
    const management = started();
    for (let count = 0; count < 2_000; count++) management.sent(presence({}));
    expect(management.resumption?.unacknowledged).toHaveLength(2_000);
    management.sent(presence({}));
    expect(management.resumption).toBeUndefined();
    // An acknowledgement of something that was forgotten means nothing any more; later ones do.
    expect(management.received(answer(0))).toBeUndefined();
    expect(management.received(answer(2_001))).toBeUndefined();
    expect(() => management.received(answer(2 ** 32))).toThrow(ProtocolError);
  });

  it('ends when the server declines', () => {
    const management = new StreamManagement();
    management.enable();
    management.sent(presence({}));
    management.disable();
    expect(management.active).toBe(false);
    expect(management.received(answer(7))).toBeUndefined();
    expect(management.sent(presence({}))).toBeUndefined();
  });
});

describe('the recordings', () => {
  const managed = captureNames().filter(
    (name) =>
      // This client sends two stanzas in one frame.
      name !== '05-bad-requests.xavier' &&
      captureFrames(name, 'received').some(({ text }) => text.startsWith('<enabled')),
  );

  /** Feeds a recording's first connection; `onFrame` gets what our side would answer to it. */
  function follow(
    name: string,
    onFrame: (entry: CaptureEntry, reply: ReturnType<StreamManagement['sent']>) => void,
  ): StreamManagement {
    const management = new StreamManagement();
    for (const entry of captureFrames(name)) {
      if (entry.text.startsWith('<resume')) break;
      let element: ReturnType<typeof xml>;
      try {
        element = parseXml(entry.text);
      } catch {
        continue;
      }
      if (element.name === 'enable') management.enable();
      if (element.name === 'enabled') management.enabled(element);
      const reply = entry.kind === 'sent' ? management.sent(element) : management.received(element);
      onFrame(entry, reply);
    }
    return management;
  }

  it.each(managed)('%s: the counts are the recorded ones in both directions', (name) => {
    const ours: string[] = [];
    const theirs: string[] = [];
    follow(name, (entry, reply) => {
      if (reply?.name === 'a') ours.push(reply.attrs.h ?? '');
      if (entry.kind === 'sent' && entry.text.startsWith('<a '))
        theirs.push(parseXml(entry.text).attrs.h ?? '');
    });
    // The recording may end before the last request was answered.
    expect(ours.slice(0, theirs.length)).toEqual(theirs);
    expect(ours.length - theirs.length).toBeLessThanOrEqual(1);
  });

  it('10-smacks.alice: what is left to resume with is what the server knew', () => {
    const management = follow('10-smacks.alice', () => {});
    const { id, received, unacknowledged } = management.resumption ?? {};
    // <resume previd='xEdfMyGDMKFF' h='10'/>, answered with <resumed h='4'/>: everything that was sent had arrived
    expect({ id, received, sent: unacknowledged?.length }).toEqual({
      id: 'xEdfMyGDMKFF',
      received: 10,
      sent: 4,
    });
  });
});
