/**
 * A reporter of vitest that writes what happens to a file, one JSON object a line, so that a run which is ended from outside has a result
 * too. The path is in `TEST_PROGRESS`; what begins and ends is there earlier, by record-tests.mjs.
 */
import { appendFileSync } from 'node:fs';

export default class TestProgress {
  /** What is skipped is known from the start. */
  onTestModuleCollected(module) {
    for (const test of module.children.allTests('skipped')) this.onTestCaseResult(test);
  }

  onTestCaseResult(test) {
    this.#say({ event: 'end', id: test.id, state: test.result().state });
  }

  /** A file that could not be loaded, or a hook that failed: no test says so. */
  onTestModuleEnd(module) {
    this.#fail(module.errors(), module.relativeModuleId);
  }

  onTestSuiteResult(suite) {
    this.#fail(suite.errors(), `${suite.module.relativeModuleId} > ${suite.fullName}`);
  }

  onTestRunEnd(_modules, unhandledErrors) {
    this.#fail(unhandledErrors, 'outside of any test');
  }

  #fail(errors, where) {
    for (const { message } of errors) this.#say({ event: 'error', where, message });
  }

  #say(record) {
    appendFileSync(process.env.TEST_PROGRESS, `${JSON.stringify(record)}\n`);
  }
}
