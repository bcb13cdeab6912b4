/**
 * What benches say to each other: raw messages as the measured ones are, so that a receiver has no need to read every message as
 * JSON. After the magic "JHC1" comes an object as JSON.
 */
import type { Counts } from './measuring/tally.ts';

const magic = 0x4a484331;

export type Control =
  /** a sender: who is going to count? */
  | { event: 'hello' }
  /** a receiver: I am, from now on */
  | { event: 'here' }
  /** a receiver asks a sender for its time; both in ms since the epoch */
  | { event: 'clock'; at: number }
  | { event: 'time'; at: number; now: number }
  /** a sender: a run begins; without `seconds` more will follow, until `finished` */
  | { event: 'start'; run: number; seconds?: number }
  /** a sender: so many were sent; said again until everybody has reported */
  | { event: 'end'; run: number; messages: number }
  /** a receiver: what has arrived of a run so far; `final` after its end */
  | ({ event: 'report'; run: number; final: boolean } & Counts)
  /** a sender: that was the last run */
  | { event: 'finished' };

/** Fields of each event that have to be numbers. */
const numbers: Readonly<Record<Control['event'], readonly string[]>> = {
  hello: [],
  here: [],
  clock: ['at'],
  time: ['at', 'now'],
  start: ['run'],
  end: ['run', 'messages'],
  report: ['run', 'messages', 'bytes', 'lost', 'duplicated', 'reordered'],
  finished: [],
};

export function writeControl(control: Control): Buffer {
  const json = JSON.stringify(control);
  const bytes = Buffer.alloc(4 + Buffer.byteLength(json));
  bytes.writeUInt32BE(magic);
  bytes.write(json, 4);
  return bytes;
}

/** Undefined for everything that is none of ours, or not as we would have written it. */
export function readControl(message: Uint8Array): Control | undefined {
  if (message.byteLength < 4) return undefined;
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  return bytes.readUInt32BE() === magic ? checked(bytes.toString('utf8', 4)) : undefined;
}

function checked(json: string): Control | undefined {
  const value = parsed(json);
  if (typeof value !== 'object' || value === null) return undefined;
  const { event, ...fields } = value as Record<string, unknown>;
  if (typeof event !== 'string' || !Object.hasOwn(numbers, event)) return undefined;
  const needed = numbers[event as Control['event']];
  if (!needed.every((name) => isCount(fields[name]))) return undefined;
  if (event === 'start' && fields.seconds !== undefined && !isCount(fields.seconds)) return undefined;
  if (event === 'report' && typeof fields.final !== 'boolean') return undefined;
  return { event, ...fields } as Control;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
