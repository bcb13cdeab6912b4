/** What a process holds at a moment. */
import { readdirSync, readlinkSync } from 'node:fs';
import { getHeapCodeStatistics } from 'node:v8';

export interface Sample {
  /** Bytes, after a collection: heap and buffers, without compiled code, which V8 goes on making for a quarter of an hour. */
  heap: number;
  /** Bytes of that code. */
  code: number;
  resident: number;
  /** What keeps the event loop alive or may, by kind (`process.getActiveResourcesInfo`). */
  handles: Readonly<Record<string, number>>;
  /** Open file descriptors that are sockets; undefined where the system does not tell. */
  sockets: number | undefined;
}

/** The process runs with `--expose-gc`. */
export async function takeSample(): Promise<Sample> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    // What is freed by finalizers and closing handles.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    // One turn of the event loop each: they are work, and nothing that is held.
    if (kind !== 'Immediate') handles[kind] = (handles[kind] ?? 0) + 1;
  }
  const code = getHeapCodeStatistics().code_and_metadata_size;
  return { heap: heapUsed + arrayBuffers - code, code, resident: rss, handles, sockets: countSockets() };
}

export function countOf(handles: Sample['handles']): number {
  return Object.values(handles).reduce((sum, count) => sum + count, 0);
}

function countSockets(): number | undefined {
  let descriptors: string[];
  try {
    descriptors = readdirSync('/proc/self/fd');
  } catch {
    return undefined;
  }
  return descriptors.filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('socket:');
    } catch {
      return false; // the one that the folder was read with
    }
  }).length;
}
