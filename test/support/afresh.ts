/**
 * Before each file of those that share a runtime: whatever the files before it left is taken away. Databases and buckets are
 * emptied, clocks and globals are real again, and every module is evaluated anew.
 */
import { reset } from "cloudflare:test";
import { vi } from "vitest";

vi.useRealTimers();
vi.unstubAllGlobals();
await reset();
vi.resetModules();
