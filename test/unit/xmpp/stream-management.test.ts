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
    expect(management.resumption).toEqual({ id: 'key', maxTime: undefined, received: 1 });
    expect(management.undelivered).toEqual({ unconfirmed: [message({ id: 'early' })], unsent: [] });
    expect(management.acknowledgement()).toEqual(xml(sm, 'a', { h: 1 }));
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

  it('asks at once for somebody who waits, and again when the answer comes after more was sent', () => {
    const management = started();
    management.sent(message({}));
    expect(management.ask()).toEqual(request);
    management.sent(message({}));
    expect(management.ask()).toBeUndefined();
    management.sent(message({}));
    expect(management.ask()).toBeUndefined();
    management.acknowledge('1');
    expect(management.nextRequest()).toEqual(request);
    expect(management.nextRequest()).toBeUndefined();
    management.acknowledge('3');
    expect(management.nextRequest()).toBeUndefined();
    expect(management.ask()).toEqual(request);
    // The answer is lost with the socket.
    management.detach();
    management.resume();
    expect(management.ask()).toEqual(request);
  });

  it('forgets what is acknowledged', () => {
    const management = started();
    for (const id of ['1', '2', '3']) management.sent(message({ id }));
    expect(management.acknowledge('2')).toEqual([message({ id: '1' }), message({ id: '2' })]);
    expect(management.undelivered.unconfirmed).toEqual([message({ id: '3' })]);
    expect(management.acknowledge('2')).toEqual([]);
    expect(management.acknowledge('3')).toEqual([message({ id: '3' })]);
    expect(management.undelivered.unconfirmed).toEqual([]);
  });

  it.each([
    ['more than was sent', '3'],
    ['less than before', '0'],
    ['less than nothing', '-1'],
    ['what h can never be', `${2 ** 32}`],
    ['a step back that would be one forward after 2^32', `${2 ** 32 - 1}`],
    ['half a stanza', '1.5'],
    ['a word', 'two'],
    ['nothing', ''],
    ['what only looks like a number', '0x2'],
    ['what only looks like a number', ' 2'],
    ['what only looks like a number', '2e0'],
    ['a very long number', '2'.repeat(100_000)],
  ])('refuses an acknowledgement of %s', (_, h) => {
    const management = started();
    management.sent(presence({}));
    management.sent(presence({}));
    management.acknowledge('1');
    expect(() => management.acknowledge(h)).toThrow(ProtocolError);
    expect(() => management.acknowledge(h)).toThrow(expect.objectContaining({ code: 'sm-handled-too-many' }));
  });

  it('refuses an acknowledgement without a count', () => {
    expect(() => started().acknowledge(undefined)).toThrow(ProtocolError);
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
    const endless = new StreamManagement();
    endless.enabled(xml(sm, 'enabled', { id: 'k'.repeat(4_001), resume: 'true' }));
    expect(endless.resumption).toBeUndefined();
  });

  it('is given up, and memory with it, when nothing is ever acknowledged', () => {
    const management = started();
    for (let count = 0; count < 2_000; count++) management.sent(presence({}));
    expect(management.resumption).toBeDefined();
    for (let count = 0; count < 10_000; count++) management.sent(presence({}));
    expect(management.undelivered.unconfirmed).toHaveLength(2_000);
    expect(management.resumption).toBeUndefined();
    // An acknowledgement of something that was forgotten means nothing any more.
    expect(management.acknowledge('9999')).toEqual([]);
    expect(management.resumption).toBeUndefined();
    expect(() => management.acknowledge(`${2 ** 32}`)).toThrow(ProtocolError);
    // Once the server has caught up, nothing is missing.
    expect(management.acknowledge('10001')).toHaveLength(1);
    expect(management.resumption).toBeDefined();
    expect(() => management.acknowledge('12001')).toThrow(ProtocolError);
  });

  it('keeps what comes while there is no socket, and writes it once, after what was not acknowledged', () => {
    const management = started();
    for (const id of ['1', '2', '3']) management.sent(message({ id }));
    management.detach();
    // Of a socket that was given up.
    management.received(message({}));
    expect(management.keep(message({ id: '4' }))).toBe(true);
    expect(management.undelivered).toEqual({
      unconfirmed: [message({ id: '1' }), message({ id: '2' }), message({ id: '3' })],
      unsent: [message({ id: '4' })],
    });
    // The server cannot have what was never written.
    expect(() => management.acknowledge('4')).toThrow(ProtocolError);
    management.acknowledge('2');
    expect(management.resumption?.received).toBe(0);
    expect(management.resume()).toEqual([message({ id: '3' }), message({ id: '4' }), request]);
    expect(management.undelivered.unsent).toEqual([]);
    expect(management.acknowledge('4')).toHaveLength(2);
    management.detach();
    expect(management.resume()).toEqual([]);
  });

  it('keeps so much, and no more', () => {
    const management = started();
    management.sent(message({}));
    management.detach();
    for (let count = 0; count < 1_999; count++) expect(management.keep(message({}))).toBe(true);
    expect(management.keep(message({}))).toBe(false);
  });

  it('knows for how long the server keeps the stream, where it says so', () => {
    const maxTime = (max: string): number | undefined => {
      const management = new StreamManagement();
      management.enabled(xml(sm, 'enabled', { id: 'key', resume: 'true', max }));
      return management.resumption?.maxTime;
    };
    expect(maxTime('60')).toBe(60_000);
    for (const max of ['', '-1', '1.5', 'long', '9'.repeat(50)]) expect(maxTime(max)).toBeUndefined();
  });

  it('goes on over 2^32 in both directions', () => {
    const management = new StreamManagement({ received: 2 ** 32 - 2, acknowledged: 2 ** 32 - 2 });
    management.enable();
    management.enabled(enabledElement);
    for (const id of ['1', '2', '3', '4']) {
      management.received(message({}));
      management.sent(message({ id }));
    }
    expect(management.resumption?.received).toBe(2);
    expect(management.acknowledgement()).toEqual(xml(sm, 'a', { h: 2 }));
    expect(management.acknowledge(`${2 ** 32 - 1}`)).toEqual([message({ id: '1' })]);
    expect(management.acknowledge('1')).toEqual([message({ id: '2' }), message({ id: '3' })]);
    expect(() => management.acknowledge(`${2 ** 32 - 1}`)).toThrow(ProtocolError);
    expect(management.acknowledge('2')).toEqual([message({ id: '4' })]);
  });

  it('ends when the server declines', () => {
    const management = new StreamManagement();
    management.enable();
    management.sent(presence({}));
    management.disable();
    expect(management.active).toBe(false);
    expect(management.acknowledge('7')).toEqual([]);
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
    onFrame: (entry: CaptureEntry, h: string | undefined) => void,
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
      if (entry.kind === 'sent') management.sent(element);
      else if (element.name === 'a') management.acknowledge(element.attrs.h);
      else management.received(element);
      onFrame(entry, element.name === 'r' ? management.acknowledgement().attrs.h : undefined);
    }
    return management;
  }

  it.each(managed)('%s: the counts are the recorded ones in both directions', (name) => {
    const ours: string[] = [];
    const theirs: string[] = [];
    follow(name, (entry, h) => {
      if (h !== undefined && entry.kind === 'received') ours.push(h);
      if (entry.kind === 'sent' && entry.text.startsWith('<a '))
        theirs.push(parseXml(entry.text).attrs.h ?? '');
    });
    // The recording may end before the last request was answered.
    expect(ours.slice(0, theirs.length)).toEqual(theirs);
    expect(ours.length - theirs.length).toBeLessThanOrEqual(1);
  });

  it('10-smacks.alice: what is left to resume with is what the server knew', () => {
    const management = follow('10-smacks.alice', () => {});
    const { id, received } = management.resumption ?? {};
    // <resume previd='xEdfMyGDMKFF' h='10'/>, answered with <resumed h='4'/>: everything that was sent had arrived
    expect({ id, received, sent: management.undelivered.unconfirmed.length }).toEqual({
      id: 'xEdfMyGDMKFF',
      received: 10,
      sent: 4,
    });
  });
});
