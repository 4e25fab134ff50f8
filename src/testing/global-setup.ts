import { startTestServers, type TestServers } from './test-servers';

declare global {
  /** Passed from the global set-up to the global tear-down, which Jest loads separately. */
  var testServers: TestServers | undefined;
}

/** Jest calls this once before all test files. */
export default async function globalSetup(): Promise<void> {
  globalThis.testServers = await startTestServers();
}
