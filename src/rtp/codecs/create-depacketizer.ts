import type { CodecName } from '../parameters.ts';
import { Av1Depacketizer } from './av1/depacketizer.ts';
import { H264Depacketizer } from './h264/depacketizer.ts';
import { OpusDepacketizer } from './opus/depacketizer.ts';
import { Vp8Depacketizer } from './vp8/depacketizer.ts';
import { Vp9Depacketizer } from './vp9/depacketizer.ts';
import type { Depacketizer } from './depacketizer.ts';

export function createDepacketizer(codec: CodecName): Depacketizer {
  switch (codec) {
    case 'vp8':
      return new Vp8Depacketizer();
    case 'vp9':
      return new Vp9Depacketizer();
    case 'h264':
      return new H264Depacketizer();
    case 'av1':
      return new Av1Depacketizer();
    case 'opus':
      return new OpusDepacketizer();
  }
}
