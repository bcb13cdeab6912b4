import type { FuzzTarget } from './target.ts';
import { bridgeTarget } from './targets/bridge.ts';
import { ivfTarget, oggTarget } from './targets/clips.ts';
import { configTarget } from './targets/config.ts';
import { jingleTarget } from './targets/jingle.ts';
import { rtcpTarget, rtpTarget } from './targets/rtp.ts';
import { sdpTarget } from './targets/sdp.ts';
import { stunTarget } from './targets/stun.ts';
import { xmlTarget } from './targets/xml.ts';

export const targets: readonly FuzzTarget[] = [
  xmlTarget,
  jingleTarget,
  sdpTarget,
  bridgeTarget,
  configTarget,
  rtpTarget,
  rtcpTarget,
  stunTarget,
  ivfTarget,
  oggTarget,
] as readonly FuzzTarget[];
