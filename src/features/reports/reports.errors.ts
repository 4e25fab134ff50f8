import { NotFoundError } from '../../shared/errors';

/** The class or group of a report has gone since the report was asked for. */
export class ReportSubjectNotFoundError extends NotFoundError {
  constructor() {
    super('report.subject_not_found', 'The class or group of this report does not exist.');
  }
}
