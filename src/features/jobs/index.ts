export { createJobsModule } from './jobs.module';
export { jobRules } from './jobs.policy';
