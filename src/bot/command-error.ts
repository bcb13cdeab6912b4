/** What a command's handler throws to have its words answered. */
import { JitsiError } from '../base/errors.ts';

/** Who gave the command is told the message, as it is. What else a handler throws is not shown to the room. */
export class CommandError extends JitsiError {
  override readonly kind = 'usage';

  /** @param message what is answered */
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'command-failed', cause });
  }
}
