export { createSessionsModule, type SessionsModule } from './sessions.module';
export { sessionRules } from './sessions.policy';
export type { SessionsCleanupService } from './sessions.cleanup.service';
