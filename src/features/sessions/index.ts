export type { SessionsCleanupService } from './sessions.cleanup.service';
export { createSessionsModule, type SessionsModule } from './sessions.module';
export { sessionRules } from './sessions.policy';
