/** XML namespaces inside `<jingle/>`: the Jingle family of XEPs and Jitsi's additions to it. */
export const jingleNs = {
  jingle: 'urn:xmpp:jingle:1',
  errors: 'urn:xmpp:jingle:errors:1',
  rtp: 'urn:xmpp:jingle:apps:rtp:1',
  rtcpFb: 'urn:xmpp:jingle:apps:rtp:rtcp-fb:0',
  hdrExt: 'urn:xmpp:jingle:apps:rtp:rtp-hdrext:0',
  ssma: 'urn:xmpp:jingle:apps:rtp:ssma:0',
  iceUdp: 'urn:xmpp:jingle:transports:ice-udp:1',
  dtls: 'urn:xmpp:jingle:apps:dtls:0',
  dtlsSctp: 'urn:xmpp:jingle:transports:dtls-sctp:1',
  grouping: 'urn:xmpp:jingle:apps:grouping:0',
  colibri: 'http://jitsi.org/protocol/colibri',
  colibri2: 'jitsi:colibri2',
  focus: 'http://jitsi.org/protocol/focus',
  jitmeet: 'http://jitsi.org/jitmeet',
  startMuted: 'http://jitsi.org/jitmeet/start-muted',
} as const;
