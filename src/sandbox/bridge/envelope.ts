/**
 * What the bridge reads and writes of a message that it relays: class, receiver, sender. The payload is copied as it is
 * (jitsi-videobridge `EndpointMessageTransport.java`, `endpointMessage` and `endpointStats`).
 */
import { type JsonMember, JsonFault } from './json-scanner.ts';

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
 * @param known the keys that come first if they are there, in order
 * @param from the member, encoded
 */
export function withSender(
  text: Buffer,
  members: readonly JsonMember[],
  known: readonly string[],
  from: Buffer,
): Buffer {
  const parts: Uint8Array[] = [open];
  for (const key of known) {
    const member = members.find((each) => each.key === key);
    if (!member) throw new JsonFault(`no ${key}`);
    parts.push(text.subarray(member.start, member.end), comma);
  }
  parts.push(from);
  for (const [start, end] of runs(members, [...known, 'from'])) parts.push(comma, text.subarray(start, end));
  parts.push(close);
  return Buffer.concat(parts);
}

/** Ranges of neighbouring members other than those of `keys`; there are seldom more than one. */
function runs(members: readonly JsonMember[], keys: readonly string[]): [start: number, end: number][] {
  const found: [number, number][] = [];
  let isRunning = false;
  for (const { key, start, end } of members) {
    const isOther = !keys.includes(key);
    const last = found.at(-1);
    if (isOther && isRunning && last) last[1] = end;
    else if (isOther) found.push([start, end]);
    isRunning = isOther;
  }
  return found;
}
