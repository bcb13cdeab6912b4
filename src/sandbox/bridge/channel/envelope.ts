/**
 * What the bridge reads and writes of a message that it relays: class, receiver, sender. The payload is copied as it is
 * (jitsi-videobridge `EndpointMessageTransport.java`, `endpointMessage` and `endpointStats`).
 */
import type { JsonMember } from './json-scanner.ts';
import { OutgoingMessage } from './outgoing-message.ts';

/** @returns undefined when there is no such member or its value is not a string */
export function stringMember(text: Buffer, members: readonly JsonMember[], key: string): string | undefined {
  const member = members.find((each) => each.key === key);
  if (!member || text[member.valueStart] !== 0x22) return undefined;
  return JSON.parse(text.toString('utf8', member.valueStart, member.end)) as string;
}

/** A member as the bridge writes it into messages. */
export function encodeMember(key: string, value: string): Buffer {
  return Buffer.from(`${JSON.stringify(key)}:${JSON.stringify(value)}`);
}

const open = Buffer.from('{');
const comma = Buffer.from(',');
const close = Buffer.from('}');

/**
 * The message with `from` in it, whatever was there before. The bridge writes the members that it knows first, in this order.
 * @param known the keys that come first, in order; all are there
 * @param from the member, encoded
 */
export function withSender(
  text: Buffer,
  members: readonly JsonMember[],
  known: readonly string[],
  from: Buffer,
): OutgoingMessage {
  const head: Buffer[] = [open];
  for (const key of known) {
    const member = members.find((each) => each.key === key);
    if (member) head.push(text.subarray(member.start, member.end), comma);
  }
  head.push(from);
  const rest: Buffer[] = [];
  for (const [start, end] of runs(members, known)) {
    (rest.length === 0 ? head : rest).push(comma);
    rest.push(text.subarray(start, end));
  }
  return new OutgoingMessage(Buffer.concat(head), ...rest, close);
}

/** Ranges of neighbouring members other than `from` and those of `keys`; there is seldom more than one. */
function runs(
  members: readonly JsonMember[],
  keys: readonly string[],
): readonly (readonly [start: number, end: number])[] {
  const found: [number, number][] = [];
  let last: [number, number] | undefined;
  for (const { key, start, end } of members) {
    if (key === 'from' || keys.includes(key)) last = undefined;
    else if (last) last[1] = end;
    else found.push((last = [start, end]));
  }
  return found;
}
