import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JitsiError } from '../../src/base/errors.ts';
import { type EndpointMessage, parseBridgeMessage } from '../../src/jitsi/bridge-messages/index.ts';
import { decodeRaw, encodeRaw, type RawForm } from '../../src/rtc/raw-message.ts';
import { RawReader, type ReceivedRaw } from '../../src/rtc/raw-reader.ts';

/** What the message carries, by JSON.parse. */
function slowly(message: Buffer): ReceivedRaw | undefined {
  let parsed: ReturnType<typeof parseBridgeMessage>;
  try {
    parsed = parseBridgeMessage(message.toString('utf8'));
  } catch (error) {
    if (error instanceof JitsiError) return undefined;
    throw error;
  }
  const data = decodeRaw(parsed);
  const { from, to } = parsed as EndpointMessage;
  return data && { from, to, data: Buffer.from(data) };
}

/** What the reader makes of it, having learned from all before; parsed when it does not know it, as the inbox does. */
function quickly(reader: RawReader, message: Buffer): { raw: ReceivedRaw | undefined; wasKnown: boolean } {
  const known = reader.read(message);
  if (known) return { raw: known, wasKnown: true };
  const raw = slowly(message);
  if (raw) reader.learn(message, parseBridgeMessage(message.toString('utf8')) as EndpointMessage);
  return { raw, wasKnown: false };
}

const seed = 20261124;

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  // As other fields have them, below.
  fc.constantFrom('', 'AAAA', 'QUJD').map((text) => new Uint8Array(Buffer.from(text, 'base64'))),
);
const id = fc.oneof(
  fc.constantFrom('', 'abcd1234', '"', '\\', '\u2028é', '\ud800'),
  fc.string({ maxLength: 12 }),
);
const form = fc.constantFrom<RawForm>('field', 'payload');

/** A sender's way to write its messages, and a bridge's to pass them on. */
const sender = fc.record({
  to: id,
  from: id,
  form,
  /** A real bridge begins with `colibriClass,to,from`. */
  fromFirst: fc.boolean(),
  spaces: fc.constantFrom(undefined, 1),
  more: fc.dictionary(
    fc.constantFrom('raw', 'text', 'msgPayload', 'note', 'to', 'from'),
    fc.oneof(fc.constantFrom('AAAA', 'QUJD', '', '===='), fc.jsonValue({ maxDepth: 2 })),
    { maxKeys: 3 },
  ),
});

type Sender = typeof sender extends fc.Arbitrary<infer Value> ? Value : never;

function passedOn({ to, from, form: where, fromFirst, spaces, more }: Sender, data: Uint8Array): Buffer {
  const raw = Buffer.from(data).toString('base64');
  const content = where === 'field' ? { raw } : { msgPayload: { raw } };
  const fields = fromFirst ? { to, from, ...more, ...content } : { ...more, to, ...content, from };
  return Buffer.from(JSON.stringify({ colibriClass: 'EndpointMessage', ...fields }, null, spaces));
}

describe('raw bytes', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(id, bytes, form, (to, data, where) => {
        const message = encodeRaw(to, data, where);
        expect(message.toString('utf8')).toBe(
          where === 'field'
            ? JSON.stringify({
                colibriClass: 'EndpointMessage',
                to,
                raw: Buffer.from(data).toString('base64'),
              })
            : JSON.stringify({
                colibriClass: 'EndpointMessage',
                to,
                msgPayload: { raw: Buffer.from(data).toString('base64') },
              }),
        );
        expect(slowly(message)?.data).toEqual(Buffer.from(data));
      }),
    );
  });

  it('come out the same whether a message is parsed or known, of several senders at once', () => {
    let known = 0;
    fc.assert(
      fc.property(
        fc.array(sender, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.nat(3), bytes), { maxLength: 30 }),
        (senders, sendings) => {
          const reader = new RawReader();
          for (const [index, data] of sendings) {
            const message = passedOn(senders[index % senders.length] as Sender, data);
            const { raw, wasKnown } = quickly(reader, message);
            expect(raw).toEqual(slowly(message));
            if (wasKnown) known += 1;
          }
        },
      ),
    );
    expect(known).toBeGreaterThan(100);
  });

  it('come out the same of messages that were cut or altered', () => {
    const alteration = fc.record({
      at: fc.nat(400),
      length: fc.nat(6),
      by: fc.oneof(
        fc.constantFrom(
          '"',
          '\\',
          '"}',
          ',"raw":"QUJD"',
          '=',
          '-',
          '\n',
          'Ł',
          '\u0000',
          '","raw":"',
          '{}',
          '\\u0041',
          '\\/',
        ),
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
    });
    fc.assert(
      fc.property(
        sender,
        bytes,
        fc.array(alteration, { minLength: 1, maxLength: 20 }),
        (who, data, alterations) => {
          const reader = new RawReader();
          const whole = passedOn(who, data);
          quickly(reader, whole);
          for (const { at, length, by } of alterations) {
            const place = at % whole.length;
            const altered = Buffer.concat([
              whole.subarray(0, place),
              Buffer.from(by),
              whole.subarray(place + length),
            ]);
            expect(quickly(reader, altered).raw).toEqual(slowly(altered));
            const cut = whole.subarray(0, place);
            expect(quickly(reader, cut).raw).toEqual(slowly(cut));
          }
          expect(quickly(reader, whole).raw).toEqual(slowly(whole));
        },
      ),
      { seed, numRuns: 300 },
    );
  });

  it('are base64 or nothing, for both readers', () => {
    const junk = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.base64String(),
      fc.stringMatching(/^[A-Za-z0-9+/=_ -]{0,9}$/),
    );
    const message = (raw: string): Buffer =>
      Buffer.from(JSON.stringify({ colibriClass: 'EndpointMessage', to: '', from: 'a', raw }));
    const reader = new RawReader();
    quickly(reader, message('AAAA'));
    fc.assert(
      fc.property(junk, (raw) => {
        const text = message(raw);
        const isBase64 = /^(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-]{2}(?:==)?|[A-Za-z0-9+/_-]{3}=?)?$/.test(
          raw,
        );
        expect(slowly(text) !== undefined).toBe(isBase64);
        expect(quickly(reader, text).raw).toEqual(slowly(text));
      }),
      { seed, numRuns: 2_000 },
    );
  });
});

describe('the reader', () => {
  const from = (name: string, data = 'x', note?: number): Buffer =>
    Buffer.from(
      JSON.stringify({
        colibriClass: 'EndpointMessage',
        to: '',
        from: name,
        raw: Buffer.from(data).toString('base64'),
        note,
      }),
    );

  it('hands out bytes of its own', () => {
    const reader = new RawReader();
    quickly(reader, from('a', 'one'));
    const message = from('a', 'two');
    const raw = reader.read(message);
    message.fill(0);
    expect(Buffer.from(raw?.data ?? []).toString()).toBe('two');
  });

  it('is not deceived by a field that looks like the bytes', () => {
    const message = (note: string, raw: string): Buffer =>
      Buffer.from(`{"colibriClass":"EndpointMessage","to":"","from":"a","note":"${note}","raw":"${raw}"}`);
    const reader = new RawReader();
    quickly(reader, message('QUJD', 'QUJD'));
    expect(Buffer.from(quickly(reader, message('REVG', 'QUJD')).raw?.data ?? []).toString()).toBe('ABC');
    const { raw, wasKnown } = quickly(reader, message('QUJD', 'REVG'));
    expect(Buffer.from(raw?.data ?? []).toString()).toBe('DEF');
    expect(wasKnown).toBe(true);
  });

  it('keeps several senders apart, and forgets those who are silent', () => {
    const reader = new RawReader();
    const names = Array.from({ length: 33 }, (_, index) => `sender-${index}`);
    for (const name of names) while (!quickly(reader, from(name)).wasKnown);
    expect(reader.read(from('sender-32'))).toBeDefined();
    expect(reader.read(from('sender-1'))).toBeDefined();
    expect(reader.read(from('sender-0'))).toBeUndefined();
  });

  it('does not go on learning from somebody who writes each message differently', () => {
    const reader = new RawReader();
    quickly(reader, from('steady'));
    quickly(reader, from('steady'));
    for (let note = 0; note < 3_000; note++) quickly(reader, from('changing', 'x', note));
    // So few that a steady sender is still known.
    expect(reader.read(from('steady'))).toBeDefined();
  });
});
