/** Sessions on a peer connection that the caller made, here werift's. */
import { RTCPeerConnection } from 'werift';
import { describePeerConnections } from '../../support/peer-connection-cases.ts';

describePeerConnections("werift's RTCPeerConnection", () => ({
  open: () =>
    Promise.resolve(
      new RTCPeerConnection({
        bundlePolicy: 'max-bundle',
        iceAdditionalHostAddresses: ['127.0.0.1'],
      }),
    ),
}));
