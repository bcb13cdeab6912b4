/**
 * Raw bytes in one EndpointMessage, as base64. Two forms are in use: `{"colibriClass":"EndpointMessage","to":TO,"raw":BASE64}`, and
 * `msgPayload:{"raw":BASE64}` for bridges that drop fields they do not know. Readers take both.
 */
import { UsageError } from '../base/errors.ts';
import type { BridgeMessage } from '../jitsi/bridge-messages/index.ts';

/** `field`: `raw` beside `to`; `payload`: inside `msgPayload`. */
export type RawForm = 'field' | 'payload';

const padding = 0x3d; // =

/**
 * The whole message as UTF-8. Node writes base64 only into a string of its own; everything else is written once, in its place.
 * @param to endpoint id, or '' for everybody
 * @throws UsageError `bridge-message-invalid`
 */
export function encodeRaw(to: string, bytes: Uint8Array, form: RawForm = 'field'): Buffer {
  if (typeof to !== 'string')
    throw invalid('the receiver has to be an endpoint id, or an empty string for everybody');
  if (!ArrayBuffer.isView(bytes)) throw invalid('the bytes have to be a Uint8Array');
  if (form !== 'field' && form !== 'payload') throw invalid('the form has to be field or payload');
  const head = `{"colibriClass":"EndpointMessage","to":${JSON.stringify(to)},${form === 'field' ? '' : '"msgPayload":{'}"raw":"`;
  const tail = form === 'field' ? '"}' : '"}}';
  const base64 = bufferOf(bytes).toString('base64');
  const headSize = Buffer.byteLength(head);
  const message = Buffer.allocUnsafe(headSize + base64.length + tail.length);
  message.write(head, 0, 'utf8');
  message.write(base64, headSize, 'latin1');
  message.write(tail, headSize + base64.length, 'latin1');
  return message;
}

/** Bytes that the message carries in either form; undefined when it carries none, or something that is not base64. */
export function decodeRaw(message: BridgeMessage): Uint8Array | undefined {
  const text = rawTextOf(message);
  return text === undefined ? undefined : decodeBase64(text);
}

/** The base64 in a message. */
export function rawTextOf(message: BridgeMessage): string | undefined {
  if (message.colibriClass !== 'EndpointMessage') return undefined;
  const { raw, msgPayload } = message;
  if (isBase64(raw)) return raw;
  if (typeof msgPayload !== 'object' || msgPayload === null) return undefined;
  const inner = (msgPayload as Record<string, unknown>)['raw'];
  return isBase64(inner) ? inner : undefined;
}

/**
 * What the base64 at `[start, end)` of a text stands for, in a buffer of its own; undefined if anything there is not base64.
 * Node skips what it does not know: then there are fewer bytes than there should be.
 */
export function decodeBase64At(text: Buffer, start: number, end: number): Buffer | undefined {
  let digits = end - start;
  if (digits % 4 === 0 && digits > 0) {
    if (text[end - 1] === padding) digits -= 1;
    if (text[end - 2] === padding && digits < end - start) digits -= 1;
  }
  if (digits % 4 === 1) return undefined;
  const bytes = Buffer.allocUnsafe(Math.floor((digits * 3) / 4));
  const written = bytes.write(text.toString('latin1', start, start + digits), 'base64');
  return written === bytes.length ? bytes : undefined;
}

/** Standard or URL-safe, padded or not (RFC 4648, 4 and 5). */
function isBase64(value: unknown): value is string {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) return false;
  const unpadded = value.endsWith('=') ? value.indexOf('=') : value.length;
  return unpadded % 4 !== 1 && (unpadded === value.length || value.length % 4 === 0);
}

function decodeBase64(text: string): Buffer {
  return Buffer.from(text, 'base64');
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function invalid(reason: string): UsageError {
  return new UsageError(`sending bytes: ${reason}`, { code: 'bridge-message-invalid' });
}
