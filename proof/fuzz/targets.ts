import { readFileSync } from 'node:fs';
import type { FuzzTarget } from './target.ts';
import { bridgeTarget } from './targets/bridge.ts';
import { ivfTarget, mp4Target, oggTarget, webmTarget } from './targets/clips.ts';
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
  webmTarget,
  mp4Target,
] as readonly FuzzTarget[];

/** @throws Error when there is none of that name */
export function targetOf(name: string): FuzzTarget {
  const target = targets.find((each) => each.name === name);
  if (target) return target;
  throw new Error(`there is no target ${name}; there are ${targets.map((each) => each.name).join(', ')}`);
}

/** Lets a target read the input in a file: one that was kept. @returns how it went */
export async function readFile(name: string, path: string): Promise<string> {
  const target = targetOf(name);
  const bytes = readFileSync(path);
  const isText = typeof Object.values(target.worst())[0] === 'string';
  const subject = await target.open();
  try {
    return await subject.read(isText ? bytes.toString('utf8') : new Uint8Array(bytes));
  } finally {
    await subject.close?.();
  }
}
