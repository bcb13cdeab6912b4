import { expect, it } from 'vitest';
import { KeyFrameAnswers } from '../../../../src/rtp/send/key-frame-answers.ts';

it('the first request is passed on at once, those that follow together', () => {
  const answers = new KeyFrameAnswers(200);
  expect(answers.due).toBe(Infinity);
  expect(answers.take(1000)).toBe(false);
  answers.request();
  expect(answers.take(1000)).toBe(true);
  expect(answers.take(1000)).toBe(false);
  answers.request();
  answers.request();
  expect(answers.due).toBe(1200);
  expect(answers.take(1199)).toBe(false);
  expect(answers.take(1200)).toBe(true);
  expect(answers.due).toBe(Infinity);
});

it('a FIR that is repeated is one', () => {
  const answers = new KeyFrameAnswers(200);
  const passed = (senderSsrc: number, sequenceNumber: number, now: number): boolean => {
    answers.requestByFir(senderSsrc, sequenceNumber);
    return answers.take(now);
  };
  expect([
    passed(1, 0, 0),
    passed(1, 0, 300),
    passed(1, 1, 600),
    passed(2, 1, 900),
    passed(1, 1, 1200),
  ]).toEqual([true, false, true, true, false]);
});

it('senders of FIRs are forgotten when there are many', () => {
  const answers = new KeyFrameAnswers(0);
  for (let sender = 0; sender < 33; sender++) answers.requestByFir(sender, 7);
  expect(answers.take(0)).toBe(true);
  answers.requestByFir(1, 7);
  expect(answers.take(0)).toBe(false);
  answers.requestByFir(0, 7);
  expect(answers.take(0)).toBe(true);
});
