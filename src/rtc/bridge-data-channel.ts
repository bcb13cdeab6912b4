/** The data channel that carries bridge messages: opened by the client, one on each transport (lib-jitsi-meet `BridgeChannel.ts`). */
import type { DataChannelOptions } from './data-channel.ts';

/** jitsi-videobridge checks neither. */
export const bridgeDataChannel: DataChannelOptions = {
  label: 'JVB data channel',
  protocol: 'http://jitsi.org/protocols/colibri',
};
