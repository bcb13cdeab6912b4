/** What the bridge tells its endpoints, spelled as the real one spells it (jitsi-videobridge `BridgeChannelMessage.kt`). */

import { OutgoingMessage } from './outgoing-message.ts';

/** The version that recorded bridges announce. */
const version = '2.1';

export function serverHello(): OutgoingMessage {
  return OutgoingMessage.text(`{"colibriClass":"ServerHello","version":"${version}"}`);
}

export function forwardedSources(names: readonly string[]): OutgoingMessage {
  return OutgoingMessage.text(JSON.stringify({ colibriClass: 'ForwardedSources', forwardedSources: names }));
}

/** @param maxHeight -1 for no limit */
export function senderSourceConstraints(sourceName: string, maxHeight: number): OutgoingMessage {
  const name = JSON.stringify(sourceName);
  return OutgoingMessage.text(
    `{"colibriClass":"SenderSourceConstraints", "sourceName":${name}, "maxHeight":${maxHeight}}`,
  );
}

/** `active` is a string on the wire. */
export function connectivityStatus(endpoint: string, isActive: boolean): OutgoingMessage {
  const message = {
    colibriClass: 'EndpointConnectivityStatusChangeEvent',
    endpoint,
    active: String(isActive),
  };
  return OutgoingMessage.text(JSON.stringify(message));
}

/** @param previous who it was before, the latest first */
export function dominantSpeaker(endpoint: string, previous: readonly string[]): OutgoingMessage {
  const message = {
    colibriClass: 'DominantSpeakerEndpointChangeEvent',
    dominantSpeakerEndpoint: endpoint,
    previousSpeakers: previous,
    silence: false,
  };
  return OutgoingMessage.text(JSON.stringify(message));
}

/** @param bandwidth bit/s */
export function connectionStats(bandwidth: number): OutgoingMessage {
  return OutgoingMessage.text(
    JSON.stringify({ colibriClass: 'ConnectionStats', estimatedDownlinkBandwidth: bandwidth }),
  );
}
