/** Sessions on a peer connection that the caller made, here werift's and libwebrtc's for Node. */
import { describePeerConnections } from '../../support/peer-connection-cases.ts';
import { openWeriftPeerConnection } from '../../support/werift-peer-connection.ts';
import { openWrtcPeerConnection } from '../../support/wrtc-peer-connection.ts';

describePeerConnections("werift's RTCPeerConnection", () => ({
  open: () => Promise.resolve(openWeriftPeerConnection()),
}));

describePeerConnections("@roamhq/wrtc's RTCPeerConnection", () => ({
  open: () => Promise.resolve(openWrtcPeerConnection()),
}));
