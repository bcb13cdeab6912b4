import { afterEach, describe, expect, it } from 'vitest';
import { ffmpegArguments } from '../../../../src/media/ffmpeg/arguments.ts';
import { findFfmpeg } from '../../../../src/media/ffmpeg/find-ffmpeg.ts';
import { Tail } from '../../../../src/media/ffmpeg/tail.ts';

describe('the command line of ffmpeg', () => {
  it('has pipes and nothing else that can be opened', () => {
    const data = new Uint8Array(1);
    const inputs = [
      { options: ['-f', 'ivf'], data },
      { lavfi: 'anullsrc' },
      { options: ['-f', 'ogg'], data },
      { data },
    ];
    expect(ffmpegArguments(inputs, ['-f', 'webm']).join(' ')).toBe(
      '-hide_banner -nostdin -loglevel error ' +
        '-protocol_whitelist pipe -f ivf -i pipe:0 ' +
        '-f lavfi -i anullsrc ' +
        '-protocol_whitelist pipe -f ogg -i pipe:3 ' +
        '-protocol_whitelist pipe -i pipe:4 ' +
        '-f webm pipe:1',
    );
  });
});

describe('what ffmpeg said', () => {
  it('is kept up to a bound, the end of it, on one line', () => {
    const tail = new Tail();
    tail.add(Buffer.from('first\n\u001b[31mred\r\n\n'));
    expect(tail.text).toBe('first; [31mred');
    for (let count = 0; count < 20; count += 1) tail.add(Buffer.alloc(1000, 'x'));
    tail.add(Buffer.from('\nlast'));
    expect(tail.text.length).toBeLessThan(9000);
    expect(tail.text).toMatch(/^x+; last$/);
  });
});

describe('looking for ffmpeg', () => {
  const { PATH } = process.env;
  afterEach(() => {
    process.env['PATH'] = PATH;
  });

  it('finds it on the PATH', () => {
    expect(findFfmpeg({ purpose: 'to test' })).toMatch(/\/ffmpeg$/);
  });

  it('says what it was for and how to get it where there is none', () => {
    process.env['PATH'] = '/nonexistent';
    expect(() => findFfmpeg({ purpose: 'to make a PNG' })).toThrow(
      expect.objectContaining({
        code: 'ffmpeg-missing',
        kind: 'usage',
        message: expect.stringMatching(
          /^ffmpeg is needed to make a PNG, and it is not on the PATH\. Install it .*apt install ffmpeg/,
        ),
      }),
    );
  });

  it.each(['/nonexistent/ffmpeg', import.meta.dirname, import.meta.filename])(
    'takes no program that is none: %s',
    (ffmpeg) => {
      expect(() => findFfmpeg({ purpose: 'to test', ffmpeg })).toThrow(
        expect.objectContaining({ code: 'ffmpeg-missing', message: expect.stringContaining(ffmpeg) }),
      );
    },
  );
});
