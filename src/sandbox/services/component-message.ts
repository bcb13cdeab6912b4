/**
 * Commands that clients send to a component as messages (signalling of Jitsi's Prosody plugins): there is no answer to one
 * that was carried out, and `service-unavailable` to one that was not.
 */
import { jitsiNs } from '../../jitsi/namespaces.ts';
import { buildJsonMessage, type JsonMessage } from '../../jitsi/json-message.ts';
import { message } from '../../xmpp/stanza.ts';
import { child, type XmlElement } from '../../xml/element.ts';
import { errorReply, mayBeAnswered, unhandled } from '../xmpp/replies.ts';
import type { Component } from '../xmpp/router.ts';

/**
 * @param options.carryOut false when the command is not for this component, not allowed or makes no sense
 */
export function commandComponent(options: {
  domain: string;
  send(stanza: XmlElement): void;
  carryOut(command: XmlElement): boolean;
}): Component {
  const { domain } = options;
  return {
    serves: (asked) => asked === domain,
    handle(stanza) {
      if (!mayBeAnswered(stanza)) return;
      const isCommand = stanza.name === 'message' && stanza.attrs.to === domain;
      if (!isCommand || !options.carryOut(stanza)) options.send(errorReply(stanza, unhandled));
    },
  };
}

/** A child in Jitsi's own namespace. */
export function jitsiChild(stanza: XmlElement, name: string): XmlElement | undefined {
  return child(stanza, name, jitsiNs.jitmeet);
}

/** What a component tells one client. */
export function jsonMessage(from: string, to: string, body: JsonMessage, room?: string): XmlElement {
  return message({ from, to }, buildJsonMessage(body, room === undefined ? {} : { room }));
}
