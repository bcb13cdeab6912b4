import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HandshakeOrder } from '../../../../../src/rtc/werift/dtls/handshake-order.ts';

/** A record with a message, or with a part of one of 4 bytes. */
function message(number: number, type: number, [from, to]: readonly [number, number] = [0, 4]): Buffer {
  const record = Buffer.alloc(25 + to - from);
  record[0] = 22;
  record.writeUInt16BE(record.length - 13, 11);
  record[13] = type;
  record.writeUIntBE(4, 14, 3);
  record.writeUInt16BE(number, 17);
  record.writeUIntBE(from, 19, 3);
  record.writeUIntBE(to - from, 22, 3);
  return record;
}

const [hello, hello2] = [message(0, 1), message(1, 1)];
const [certificate, keyExchange, verify] = [message(2, 11), message(3, 16), message(4, 15)];
const changeCipherSpec = Buffer.from('14fefd0000000000000006000101', 'hex');
const finished = Buffer.from('16fefd000100000000000000020102', 'hex');

function sorted(...datagrams: Buffer[]): Buffer[] {
  const order = new HandshakeOrder();
  return datagrams.flatMap((datagram) => order.sort(datagram));
}

describe('the messages of a handshake', () => {
  it('stay as they are when they come in order, also several in a datagram', () => {
    const all = [hello, hello2, certificate, keyExchange, verify, changeCipherSpec, finished];
    expect(sorted(...all)).toEqual(all);
    expect(sorted(Buffer.concat(all))).toEqual(all);
  });

  it('wait for those before them, and are read once', () => {
    expect(sorted(hello, hello2, verify, keyExchange, finished)).toEqual([hello, hello2, finished]);
    expect(sorted(hello, hello2, verify, keyExchange, certificate, keyExchange, certificate, verify)).toEqual(
      [hello, hello2, certificate, keyExchange, verify],
    );
  });

  it('are asked for again by a hello or by an end that comes again', () => {
    const all = [hello, hello2, hello2, certificate, keyExchange, verify, finished, finished];
    expect(sorted(...all)).toEqual(all);
  });

  it('may come in parts', () => {
    const [first, second] = [message(2, 11, [0, 3]), message(2, 11, [3, 4])];
    expect(sorted(hello, hello2, keyExchange, first, second, first)).toEqual([
      hello,
      hello2,
      first,
      second,
      keyExchange,
      first,
    ]);
  });

  it('may be junk', () => {
    const junk = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from([22, 0, 0, 0, 0, ...bytes]));
    fc.assert(
      fc.property(fc.array(junk), (datagrams) => {
        const order = new HandshakeOrder();
        for (const datagram of datagrams) order.sort(datagram);
      }),
      { seed: 20261126 },
    );
  });
});
