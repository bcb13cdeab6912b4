/** How many bytes fit into one raw message of a channel, known before the first one is refused. */
import { UsageError } from '../../base/errors.ts';
import { encodeRaw, type RawForm } from '../../rtc/raw-message.ts';

interface OpenChannel {
  transport: 'ws' | 'sctp' | undefined;
  /** Bytes of a whole message. */
  sizeLimit: number | undefined;
}

/** @throws UsageError `message-too-large` with the sizes that would fit */
export function checkPayload(
  size: number,
  { transport, sizeLimit }: OpenChannel,
  message: { to: string; rawForm: RawForm },
  flag: string,
): void {
  if (sizeLimit === undefined) return;
  const envelope = encodeRaw(message.to, new Uint8Array(), message.rawForm).length;
  const whole = envelope + base64Size(size);
  if (whole <= sizeLimit) return;
  const largest = Math.floor((sizeLimit - envelope) / 4) * 3;
  const channel = transport === 'sctp' ? 'a data channel' : 'a bridge WebSocket';
  const advice = transport === 'sctp' ? `a smaller ${flag}` : `a smaller ${flag}, or --bridge sctp`;
  throw new UsageError(
    `${size} bytes of payload make a message of ${whole} bytes, but ${channel} takes ${sizeLimit}: ` +
      `at most ${largest} bytes of payload fit; choose ${advice}`,
    { code: 'message-too-large' },
  );
}

/** Characters of base64 (RFC 4648, 4). */
function base64Size(bytes: number): number {
  return 4 * Math.ceil(bytes / 3);
}
