export type { EndedWorkService } from './submissions.ended.service';
export { createSubmissionsModule } from './submissions.module';
export { submissionRules } from './submissions.policy';
export type { OpenSubmission, SubmissionsReader } from './submissions.reader';
export type { SubmissionsService } from './submissions.service';
export type { Submission, SubmissionState } from './submissions.types';
