/**
 * A setup file of vitest: in each test file's process, writes to `TEST_PROGRESS` what begins and ends there, at once. Reporters are told of it
 * several things at a time, and now and then not before the next thing happens, which a test that hangs never lets come.
 */
import { appendFileSync } from 'node:fs';
import { beforeEach } from 'vitest';

const progress = process.env.TEST_PROGRESS;
/** As reporters call them. */
const states = { pass: 'passed', fail: 'failed', skip: 'skipped' };

if (progress)
  beforeEach(({ task, onTestFinished }) => {
    const say = (record) => appendFileSync(progress, `${JSON.stringify({ ...record, id: task.id })}\n`);
    say({ event: 'start', name: nameOf(task) });
    onTestFinished(() => say({ event: 'end', state: states[task.result?.state] }));
  });

function nameOf(task) {
  return task.suite ? `${nameOf(task.suite)} > ${task.name}` : `${task.file.name} > ${task.name}`;
}
