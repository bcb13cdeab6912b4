/** The command line of ffmpeg: pipes only, and nothing that anybody outside has written. */
/** Bytes that ffmpeg reads, or pictures and sounds that it makes by itself. */
export type FfmpegInput =
  | {
      /** What is said of the input before `-i`, such as `['-f', 'ivf']`. */
      options?: readonly string[];
      data: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
    }
  | {
      options?: readonly string[];
      /** A source of libavfilter, such as `color=black:size=640x360`. Never from outside: filters may read files. */
      lavfi: string;
    };

/** The only way in and out: no file and no address is opened, whatever a playlist or a header in the input says. */
const pipesOnly = ['-protocol_whitelist', 'pipe'];

/** File descriptors of the inputs that have data, in their order: stdin, then those after stderr. */
export function descriptorsOf(inputs: readonly FfmpegInput[]): number[] {
  return inputs.filter((input) => 'data' in input).map((_, index) => (index === 0 ? 0 : index + 2));
}

/** @param output what is said of the output, which goes to stdout */
export function ffmpegArguments(inputs: readonly FfmpegInput[], output: readonly string[]): string[] {
  const descriptors = descriptorsOf(inputs).values();
  const read = inputs.flatMap((input) => {
    const { options = [] } = input;
    return 'lavfi' in input
      ? [...options, '-f', 'lavfi', '-i', input.lavfi]
      : [...pipesOnly, ...options, '-i', `pipe:${descriptors.next().value}`];
  });
  // Without -nostdin it would take what is on a terminal for commands.
  return ['-hide_banner', '-nostdin', '-loglevel', 'error', ...read, ...output, 'pipe:1'];
}
