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
 * A text in both places where it is looked for: beside the envelope's fields, in this order, as the Go program's `dc` has it, and in `msgPayload`,
 * without which lib-jitsi-meet drops a message.
 * @param to endpoint id; '' for everybody else
 * @throws UsageError `bridge-message-invalid`
 */
export function buildTextMessage(to: string, text: string): string {
  return JSON.stringify({
    colibriClass: 'EndpointMessage',
    to: string(to, 'to'),
    text: string(text, 'the text'),
    msgPayload: { text },
  });
}

/** The text of a message that another participant sent, in either place or both: beside the payload, or in it. */
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
