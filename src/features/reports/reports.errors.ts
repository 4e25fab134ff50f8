import { NotFoundError } from '../../shared/errors';

/** The class or group of a report was deleted or archived after the report was requested. */
export class ReportSubjectNotFoundError extends NotFoundError {
  constructor() {
    super('report.subject_not_found', 'The class or group of this report does not exist.');
  }
}
