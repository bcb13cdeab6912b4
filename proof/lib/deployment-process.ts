/** A sandbox in a process of its own. Its argument: {@link SandboxOptions} as JSON. */
import { control } from '../../src/sandbox/control.ts';
import { createSandbox, type SandboxOptions } from '../../src/sandbox/index.ts';
import { obey } from './obey.ts';
import { takeSample } from './sample.ts';

const errors: string[] = [];
const logger = {
  log(level: string, message: string, fields?: object): void {
    if (level === 'error') errors.push(`${message} ${JSON.stringify(fields)}`);
  },
  child: () => logger,
};
const options = JSON.parse(process.argv[2] ?? '{}') as SandboxOptions;
const sandbox = await createSandbox({ ...options, logger });
await obey((command) => {
  if (command.do === 'url') return sandbox.url;
  if (command.do === 'errors') return errors;
  if (command.do === 'sample') return takeSample();
  const { result, error } = control(sandbox, JSON.stringify(command));
  if (error) throw Object.assign(new Error(error.message), error);
  return result;
});
await sandbox.close();
