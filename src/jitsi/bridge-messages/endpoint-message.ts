/**
 * Messages from participant to participant. A bridge sets `from`, and passes on every other field as it is; what they mean is an
 * agreement of the participants.
 */
import { invalid, string } from './checks.ts';
import type { EndpointStatistics } from './client-messages.ts';
import { isJsonObject } from './fields.ts';
import type { BridgeMessage } from './messages.ts';
import { payloadJson } from './payload.ts';

/**
 * A payload for another participant, in the form of lib-jitsi-meet's `sendMessage`, field by field.
 * @param to endpoint id; '' for everybody else
 * @param payload anything that JSON can say; lib-jitsi-meet takes only objects and arrays, and drops the rest
 * @throws UsageError `bridge-message-invalid`
 */
export function buildEndpointMessage(to: string, payload: unknown): string {
  const receiver = JSON.stringify(string(to, 'to'));
  return `{"colibriClass":"EndpointMessage","msgPayload":${payloadJson(payload, 'the payload')},"to":${receiver}}`;
}

/**
 * A text as the Go program's `dc` sends it: beside the envelope's fields, in this order. lib-jitsi-meet drops it, because
 * there is no `msgPayload`.
 * @param to endpoint id; '' for everybody else
 * @throws UsageError `bridge-message-invalid`
 */
export function buildTextMessage(to: string, text: string): string {
  return JSON.stringify({
    colibriClass: 'EndpointMessage',
    to: string(to, 'to'),
    text: string(text, 'the text'),
  });
}

/** The text of a message that another participant sent, in either place: beside the payload, or in it. */
export function textOf(message: BridgeMessage): string | undefined {
  if (message.colibriClass !== 'EndpointMessage') return undefined;
  const { text, msgPayload } = message;
  if (typeof text === 'string') return text;
  return isJsonObject(msgPayload) && typeof msgPayload.text === 'string' ? msgPayload.text : undefined;
}

/**
 * Figures about our connection, for those who have us in view.
 * @throws UsageError `bridge-message-invalid`
 */
export function buildEndpointStats(statistics: EndpointStatistics): string {
  const fields: unknown = JSON.parse(payloadJson(statistics, 'the statistics'));
  if (!isJsonObject(fields)) throw invalid('the statistics have to be an object');
  for (const name of ['colibriClass', 'from']) {
    if (Object.hasOwn(fields, name))
      throw invalid(`${name} of the statistics is the envelope's; leave it out`);
  }
  return JSON.stringify({ colibriClass: 'EndpointStats', ...fields });
}
