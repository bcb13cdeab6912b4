/**
 * The fields of a received message, as a table of readers. A field without which its message means nothing is `needed`, and
 * refuses the message when it is missing or of a wrong type; any other counts as missing then. This is what
 * lib-jitsi-meet's `BridgeChannel.ts` lives with, except that it passes on what is undefined.
 */
import { ParseError } from '../../base/errors.ts';
import { isSsrc } from '../../jingle/wire-values.ts';

export type BridgeMessageErrorCode =
  | 'bridge-message-not-json'
  | 'bridge-message-no-class'
  | 'bridge-message-bad-field';

export function bridgeMessageError(
  code: BridgeMessageErrorCode,
  reason: string,
  cause?: unknown,
): ParseError {
  return new ParseError('bridge-message', code, `unusable message of the bridge: ${reason}`, cause);
}

export type JsonObject = Record<string, unknown>;

/** The value of a field as it should be; undefined leaves the field out. `name` is for errors. */
export type FieldReader<Value> = (value: unknown, name: string) => Value;

/** A reader for each field that a message declares, except `colibriClass` and what may be anything. */
export type FieldReaders<Message> = {
  readonly [Field in keyof Message as string extends Field
    ? never
    : Field extends 'colibriClass'
      ? never
      : unknown extends Message[Field]
        ? never
        : Field]-?: FieldReader<Message[Field]>;
};

export type ReaderTable = Readonly<Record<string, FieldReader<unknown>>>;

/** Reads the fields in place: `object` comes fresh from JSON.parse. What the table does not name stays as it is. */
export function readFields(object: JsonObject, name: string, readers: ReaderTable): void {
  for (const [field, read] of Object.entries(readers)) {
    const value = read(object[field], `${name}.${field}`);
    if (value !== undefined) object[field] = value;
    else delete object[field];
  }
}

export function needed<Value>(read: FieldReader<Value | undefined>): FieldReader<Value> {
  return (value, name) => {
    const result = read(value, name);
    if (result !== undefined) return result;
    const problem = value === undefined ? 'missing' : 'not of the right type';
    throw bridgeMessageError('bridge-message-bad-field', `${name} is ${problem}`);
  };
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function strings(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}

export function boolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** Also as a decimal string: lib-jitsi-meet knows `"rtx":"-1"`. */
export function number(value: unknown): number | undefined {
  const result = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof result === 'number' && Number.isFinite(result) ? result : undefined;
}

/** A mapping says -1 where there is none, as number or as string; lib-jitsi-meet takes the number for an SSRC. */
export function ssrc(value: unknown): number | undefined {
  const result = number(value);
  return isSsrc(result) ? result : undefined;
}

export function uint32(value: unknown): number | undefined {
  const result = number(value);
  return result !== undefined && Number.isInteger(result) && result >= 0 && result < 2 ** 32
    ? result
    : undefined;
}

export function listOf<Item>(readers: FieldReaders<Item>): FieldReader<Item[] | undefined> {
  return (value, name) => {
    if (!Array.isArray(value)) return undefined;
    for (const [index, item] of value.entries()) {
      if (!isJsonObject(item)) return undefined;
      readFields(item, `${name}[${index}]`, readers);
    }
    return value as Item[];
  };
}
