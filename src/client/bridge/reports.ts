/** What the bridge itself says, as events. */
import type { Emitter } from '../../base/emitter.ts';
import type { BridgeMessage } from '../../jitsi/bridge-messages/index.ts';
import type { BridgeEvents } from './events.ts';

export function emitReport(emitter: Emitter<BridgeEvents>, message: BridgeMessage): void {
  switch (message.colibriClass) {
    case 'DominantSpeakerEndpointChangeEvent': {
      const { dominantSpeakerEndpoint: endpointId, previousSpeakers, silence } = message;
      emitter.emit('dominantSpeakerChanged', { endpointId, previousSpeakers, silence });
      return;
    }
    case 'EndpointConnectivityStatusChangeEvent':
      emitter.emit('endpointConnectivityChanged', {
        endpointId: message.endpoint,
        isActive: message.active === 'true',
      });
      return;
    case 'ForwardedSources':
      emitter.emit('forwardedSourcesChanged', { sources: message.forwardedSources });
      return;
    case 'SenderSourceConstraints': {
      const { sourceName, maxHeight } = message;
      emitter.emit('senderConstraintsChanged', { sourceName, maxHeight });
      return;
    }
    case 'AudioSourcesMap':
      emitter.emit('sourcesMapped', { kind: 'audio', sources: message.mappedSources });
      return;
    case 'VideoSourcesMap':
      emitter.emit('sourcesMapped', { kind: 'video', sources: message.mappedSources });
      return;
    case 'ConnectionStats': {
      const { estimatedDownlinkBandwidth } = message;
      emitter.emit('connectionStats', { estimatedDownlinkBandwidth });
      return;
    }
    default:
  }
}
