/** The process of the deployment. */
import { control, type ControlAnswer } from '../../src/sandbox/control.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { serve } from '../lib/remote-process.ts';
import { takeSample } from './sample.ts';

let sandbox: Sandbox | undefined;

serve({
  async open(): Promise<string> {
    sandbox = await createSandbox();
    return sandbox.url;
  },
  fault(name: string, args: unknown[]): unknown {
    if (!sandbox) throw new Error('there is no deployment');
    const { error, result }: ControlAnswer = control(sandbox, JSON.stringify({ fault: name, args }));
    if (error) throw new Error(error.message);
    return result;
  },
  sample: takeSample,
  async close() {
    await sandbox?.close();
    sandbox = undefined;
  },
});
