/**
 * A reporter of vitest that writes what happens to a file at once, one JSON object a line, so that a run which is ended from outside has
 * a result too. The path is in `TEST_PROGRESS`.
 */
import { appendFileSync } from 'node:fs';

export default class TestProgress {
  onTestCaseReady(test) {
    this.#say({ event: 'start', ...nameOf(test) });
  }

  onTestCaseResult(test) {
    this.#say({ event: 'end', ...nameOf(test), state: test.result().state });
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

function nameOf(test) {
  return { id: test.id, name: `${test.module.relativeModuleId} > ${test.fullName}` };
}
