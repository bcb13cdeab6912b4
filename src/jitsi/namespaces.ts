/** XML namespaces of Jitsi's own extensions (jitsi-xmpp-extensions). Media ones are in jingle/namespaces.ts. */
export const jitsiNs = {
  focus: 'http://jitsi.org/protocol/focus',
  jitmeet: 'http://jitsi.org/jitmeet',
  audioMute: 'http://jitsi.org/jitmeet/audio',
  videoMute: 'http://jitsi.org/jitmeet/video',
  desktopMute: 'http://jitsi.org/jitmeet/desktop',
  startMuted: 'http://jitsi.org/jitmeet/start-muted',
  etherpad: 'http://jitsi.org/jitmeet/etherpad',
  /** With the trailing slash: marks presences to be ignored. */
  ignore: 'http://jitsi.org/jitmeet/',
  displayName: 'http://jitsi.org/protocol/display-name',
} as const;
