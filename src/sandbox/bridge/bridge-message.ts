/** What the bridge tells its endpoints, spelled as the real one spells it (jitsi-videobridge `BridgeChannelMessage.kt`). */

/** The version that recorded bridges announce. */
const version = '2.1';

export function serverHello(): Buffer {
  return Buffer.from(`{"colibriClass":"ServerHello","version":"${version}"}`);
}

export function forwardedSources(names: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify({ colibriClass: 'ForwardedSources', forwardedSources: names }));
}

/** @param maxHeight -1 for no limit */
export function senderSourceConstraints(sourceName: string, maxHeight: number): Buffer {
  const name = JSON.stringify(sourceName);
  return Buffer.from(
    `{"colibriClass":"SenderSourceConstraints", "sourceName":${name}, "maxHeight":${maxHeight}}`,
  );
}

/** `active` is a string on the wire. */
export function connectivityStatus(endpoint: string, isActive: boolean): Buffer {
  const message = {
    colibriClass: 'EndpointConnectivityStatusChangeEvent',
    endpoint,
    active: String(isActive),
  };
  return Buffer.from(JSON.stringify(message));
}
