/** Arguments of the builders, checked. What passes is what `BridgeChannelMessage.kt` can read; Jackson's Int has 32 bits. */
import { UsageError } from '../../base/errors.ts';
import type { BridgeVideoType } from './messages.ts';

/** The value as it should be, or a UsageError; `name` is for the error. */
export type Check<Value> = (value: unknown, name: string) => Value;

export function invalid(reason: string, cause?: unknown): UsageError {
  return new UsageError(`no bridge would take this message: ${reason}`, {
    code: 'bridge-message-invalid',
    cause,
  });
}

/** Leaves out what is absent; null is no such thing. */
export function optional<Value>(check: Check<Value>): Check<Value | undefined> {
  return (value, name) => (value === undefined ? undefined : check(value, name));
}

export function integerFrom(low: number, high: number = 2 ** 31 - 1): Check<number> {
  return (value, name) => {
    if (Number.isInteger(value) && Number(value) >= low && Number(value) <= high) return Number(value);
    throw mismatch(value, name, `an integer from ${low} to ${high}`);
  };
}

export function frameRate(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && (value >= 0 || value === -1)) return value;
  throw mismatch(value, name, 'a number from 0, or -1 for no limit');
}

export function boolean(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value;
  throw mismatch(value, name, 'true or false');
}

export function string(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw mismatch(value, name, 'a string');
}

export function sourceName(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw mismatch(value, name, `a source name as '0d096f1b-v0'`);
}

export function sourceNames(value: unknown, name: string): string[] {
  if (Array.isArray(value)) return value.map((item, index) => sourceName(item, `${name}[${index}]`));
  throw mismatch(value, name, 'an array of source names');
}

const videoTypes: readonly BridgeVideoType[] = ['camera', 'desktop', 'desktop_high_fps', 'none'];

export function videoType(value: unknown, name: string): BridgeVideoType {
  const known = videoTypes.find((word) => word === value);
  if (known !== undefined) return known;
  throw mismatch(value, name, `one of ${videoTypes.join(', ')}`);
}

export function object(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw mismatch(value, name, 'an object');
}

function mismatch(value: unknown, name: string, expected: string): UsageError {
  return invalid(`${name} is ${described(value)}; it has to be ${expected}`);
}

function described(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
