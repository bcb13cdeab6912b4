/**
 * The handshake messages of a DTLS client in their order, each once (RFC 6347, 4.2.2). werift's server takes them as they come: one that was
 * overtaken, or came again, gives it other keys than the client has.
 */

const [handshakeRecord, clientHello] = [22, 1];
const [recordHead, messageHead] = [13, 12];
/** Messages that wait for one before them; a client has three in a flight. */
const maxHeld = 8;

export class HandshakeOrder {
  readonly #held = new Map<number, Buffer>();
  #next = 0;

  /** The records of a datagram that may be read now, and those that have waited for them. */
  sort(datagram: Buffer): Buffer[] {
    const ready: Buffer[] = [];
    for (let start = 0; start + recordHead <= datagram.length; ) {
      const end = start + recordHead + datagram.readUInt16BE(start + 11);
      this.#add(datagram.subarray(start, end), ready);
      start = end;
    }
    return ready;
  }

  #add(record: Buffer, ready: Buffer[]): void {
    const isPlain = record.length >= recordHead + messageHead && record.readUInt16BE(3) === 0;
    if (record[0] !== handshakeRecord || !isPlain) {
      ready.push(record);
      return;
    }
    const number = record.readUInt16BE(recordHead + 4);
    const isNext = number === this.#next;
    if (record[recordHead] === clientHello) {
      // It begins a flight; one that comes again asks for the answer once more.
      ready.push(record);
      this.#next = Math.max(this.#next, number + 1);
    } else if (isNext || !isWhole(record)) {
      // Parts are werift's affair.
      ready.push(record);
      if (isNext && endsMessage(record)) this.#next++;
    } else if (number > this.#next && this.#held.size < maxHeld) this.#held.set(number, record);
    const waiting = this.#held.get(this.#next);
    if (!waiting) return;
    this.#held.delete(this.#next);
    this.#add(waiting, ready);
  }
}

function isWhole(record: Buffer): boolean {
  return record.readUIntBE(recordHead + 1, 3) === record.readUIntBE(recordHead + 9, 3);
}

/** It is a whole message, or the last part of one. */
function endsMessage(record: Buffer): boolean {
  const length = record.readUIntBE(recordHead + 1, 3);
  return record.readUIntBE(recordHead + 6, 3) + record.readUIntBE(recordHead + 9, 3) === length;
}
