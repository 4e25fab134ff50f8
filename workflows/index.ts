/** Every workflow: what is bundled for the sandbox. */
export { cleanupExpiredSessions } from './cleanup-expired-sessions/workflow';
export { runTool } from './run-tool/workflow';
