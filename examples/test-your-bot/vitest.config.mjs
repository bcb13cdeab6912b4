/** Bots meet servers, and machines that are tested on are busy: they get more time than the usual five seconds. */
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 60_000 } });
