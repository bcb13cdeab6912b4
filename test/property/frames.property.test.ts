/**
 * Recorded frames, damaged. Nothing but a ParseError comes out of the parser, nothing but our own errors out of whoever reads
 * what still parses, and the machines go on or end; they never throw, and never want to be woken in the past.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../src/base/errors.ts';
import { redactText } from '../../src/jitsi/redact/redact.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { serialize } from '../../src/xml/serialize.ts';
import { MachineHarness } from '../support/machine-harness.ts';
import { edited, editedElement, elementEdit, textEdit } from '../support/mutations.ts';
import { readStanza as read, recordedFrames as frames } from '../support/stanza-readers.ts';

const seed = 20261123;

describe('damaged frames', () => {
  it('are many, and of many kinds', () => {
    expect(frames.length).toBeGreaterThan(250);
  });

  it('that are still XML are read; the others are refused', () => {
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...frames),
        fc.array(textEdit(frames), { minLength: 1, maxLength: 2 }),
        (frame, edits) => {
          const damaged = edits.reduce(edited, frame);
          redactText(damaged);
          try {
            read(parseXml(damaged));
            taken++;
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError);
            refused++;
          }
        },
      ),
      { seed, numRuns: 5_000 },
    );
    expect(Math.min(taken, refused)).toBeGreaterThan(400);
  });

  it('are read whatever their elements hold', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...frames),
        fc.array(elementEdit, { minLength: 1, maxLength: 4 }),
        (frame, edits) => {
          const damaged = edits.reduce(editedElement, parseXml(frame));
          read(damaged);
          read(parseXml(serialize(damaged)));
        },
      ),
      { seed, numRuns: 2_500 },
    );
  });
});

/** The recorded frames as if they had been sent in the harness's room. */
const here = frames.map((frame) =>
  frame
    .replace(/[\w[\]-]+@conference\.(?:acme\.)?meet\.jitsi\.test/g, 'standup@conference.meet.test')
    .replaceAll('meet.jitsi.test', 'meet.test'),
);

const damage = fc.oneof(
  fc
    .tuple(fc.constantFrom(...here), fc.array(textEdit(here), { maxLength: 2 }))
    .map(([frame, edits]) => edits.reduce(edited, frame)),
  fc
    .tuple(fc.constantFrom(...here), fc.array(elementEdit, { minLength: 1, maxLength: 3 }))
    .map(([frame, edits]) => serialize(edits.reduce(editedElement, parseXml(frame)))),
);

describe('the conference machine', () => {
  it('in a room survives whatever arrives, or ends', () => {
    let ends = 0;
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 30 }), (list) => {
        const run = new MachineHarness({ streamManagement: true });
        run.join();
        for (const frame of list) {
          run.frame(frame);
          run.advance(500);
        }
        run.input({ type: 'leave' });
        run.advance(60_000);
        expect(run.ended).toBeDefined();
        if (run.ended?.reason !== 'left') ends++;
      }),
      { seed, numRuns: 200 },
    );
    expect(ends).toBeGreaterThan(0);
  });

  it('on its way into a room survives too', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.array(damage, { minLength: 1, maxLength: 5 }), (steps, list) => {
        const run = new MachineHarness({ streamManagement: true, joinTimeout: 60_000 });
        const way = [
          () => run.discover(),
          () => run.input({ type: 'socket-opened' }),
          () => run.login(),
          () => run.focusSays(),
        ];
        for (const step of steps < 2 ? way.slice(0, steps + 1) : [way[0], way[2], ...way.slice(3, steps + 1)])
          step?.();
        for (const frame of list) run.frame(frame);
        run.advance(120_000);
        if (run.joined) run.input({ type: 'leave' });
        run.advance(60_000);
        expect(run.ended).toBeDefined();
      }),
      { seed, numRuns: 500 },
    );
  });
});
