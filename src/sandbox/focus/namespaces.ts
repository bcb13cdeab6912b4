/**
 * Namespaces that the focus reads for itself. They are written down here once more, apart from the codecs', so that a
 * client built on those codecs cannot be wrong together with the focus that judges it.
 */
export const wire = {
  jingle: 'urn:xmpp:jingle:1',
  rtp: 'urn:xmpp:jingle:apps:rtp:1',
  ssma: 'urn:xmpp:jingle:apps:rtp:ssma:0',
  iceUdp: 'urn:xmpp:jingle:transports:ice-udp:1',
  dtls: 'urn:xmpp:jingle:apps:dtls:0',
  focus: 'http://jitsi.org/protocol/focus',
  colibri2: 'jitsi:colibri2',
  audioMute: 'http://jitsi.org/jitmeet/audio',
  videoMute: 'http://jitsi.org/jitmeet/video',
  desktopMute: 'http://jitsi.org/jitmeet/desktop',
} as const;
