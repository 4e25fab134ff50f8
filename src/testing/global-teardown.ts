import './global-setup';

/** Jest calls this once after all test files. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.testServers?.stop();
}
