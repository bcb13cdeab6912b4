import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Control, readControl, writeControl } from '../../../../src/cli/bench/control.ts';
import { headerSize, readHeader, writeHeader } from '../../../../src/cli/bench/header.ts';

describe('the header of a bench message', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(
        fc.record({
          run: fc.nat(0xffff_ffff),
          sequence: fc.nat(2 ** 48 - 1),
          sentAt: fc.double({ noNaN: true }),
        }),
        fc.nat(20),
        (header, more) => {
          const message = Buffer.alloc(headerSize + more);
          writeHeader(message, header);
          // As part of something larger, as bytes from a network are.
          const around = new Uint8Array(message.length + 7);
          around.set(message, 5);
          expect(readHeader(around.subarray(5, 5 + message.length))).toEqual(header);
        },
      ),
    );
  });

  it('is not seen in messages of other programs', () => {
    expect(readHeader(new Uint8Array(100))).toBeUndefined();
    expect(readHeader(new Uint8Array(0))).toBeUndefined();
    const message = Buffer.alloc(headerSize);
    writeHeader(message, { run: 1, sequence: 2, sentAt: 3 });
    expect(readHeader(message.subarray(1))).toBeUndefined();
  });
});

describe('what benches say to each other', () => {
  const counts = { messages: 9, bytes: 9000, lost: 1, duplicated: 0, reordered: 2 };
  it.each<Control>([
    { event: 'hello' },
    { event: 'here' },
    { event: 'clock', at: 1.5 },
    { event: 'time', at: 1.5, now: 2.25 },
    { event: 'start', run: 7 },
    { event: 'start', run: 7, seconds: 10 },
    { event: 'end', run: 7, messages: 10 },
    { event: 'report', run: 7, final: true, ...counts },
    { event: 'finished' },
  ])('comes back as it was said: %j', (control) => {
    expect(readControl(writeControl(control))).toEqual(control);
  });

  it.each([
    '',
    'JHC',
    'JHC1',
    'JHC1{',
    'JHC1null',
    'JHC1"hello"',
    'JHC1{}',
    'JHB1{"event":"hello"}',
    'JHC1{"event":"toString"}',
    'JHC1{"event":"start"}',
    'JHC1{"event":"start","run":"7"}',
    'JHC1{"event":"start","run":7,"seconds":-1}',
    'JHC1{"event":"end","run":7,"messages":null}',
    'JHC1{"event":"report","run":7,"messages":1,"bytes":1,"lost":0,"duplicated":0,"reordered":0}',
  ])('is nothing else: %s', (text) => {
    expect(readControl(Buffer.from(text))).toBeUndefined();
  });

  it('is no measured message', () => {
    const message = Buffer.alloc(headerSize);
    writeHeader(message, { run: 1, sequence: 2, sentAt: 3 });
    expect(readControl(message)).toBeUndefined();
    expect(readHeader(writeControl({ event: 'hello' }))).toBeUndefined();
  });
});
