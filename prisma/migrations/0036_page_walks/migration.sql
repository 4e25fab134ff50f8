-- A page of an export takes the next keys of one of these indexes and asks only then what of them is wanted
-- (src/features/exports/exports.walk.rows.ts). Those that had the first column alone serve nothing any more.
CREATE INDEX submissions_tenant_attempt_idx ON submissions (tenant_id, assignment_id, user_id, attempt);
DROP INDEX submissions_tenant_idx;
CREATE INDEX sessions_tenant_id_idx ON sessions (tenant_id, id);
DROP INDEX sessions_tenant_idx;
CREATE INDEX sessions_class_id_idx ON sessions (class_id, id);
DROP INDEX sessions_class_idx;
CREATE INDEX assignments_class_id_idx ON assignments (class_id, id);
DROP INDEX assignments_class_all_idx;
CREATE INDEX classes_tenant_id_idx ON classes (tenant_id, id);
CREATE INDEX groups_tenant_id_idx ON groups (tenant_id, id);
