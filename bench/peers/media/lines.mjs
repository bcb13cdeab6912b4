/** Requests as JSON lines on stdin, an answer to each as a line on stdout; ends with its stdin. */
import { createInterface } from 'node:readline';

export async function serve(answers) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { type, ...request } = JSON.parse(line);
    process.stdout.write(`${JSON.stringify((await answers[type](request)) ?? {})}\n`);
  }
  process.exit();
}
