/** The page that lib-jitsi-meet runs on, and its scripts: of tests, and of benches, which are plain JavaScript. */
import { fileURLToPath } from 'node:url';

const pathOf = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Paths of what the page asks for, by its name there. */
export const files = {
  'jquery.js': pathOf('node_modules/jquery/dist/jquery.min.js'),
  'lib-jitsi-meet.js': pathOf('.cache/lib-jitsi-meet/lib-jitsi-meet.min.js'),
  'participant.js': pathOf('test/support/lib-jitsi-meet-page.js'),
};

export const html = `<!doctype html>
<script>
  globalThis.peerConnections = [];
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...options) {
      super(...options);
      peerConnections.push(this);
    }
  };
</script>
<script src="jquery.js"></script>
<script>window.jquery = window.jQuery;</script>
<script src="lib-jitsi-meet.js"></script>
<script src="participant.js"></script>`;
