export type { OpenSubmission, SubmissionsReader } from './submissions.reader';
