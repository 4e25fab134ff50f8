-- A teacher has taken the student out of the class: the class code alone does not bring them back.
CREATE TABLE class_removals (
  id         uuid PRIMARY KEY,
  class_id   uuid NOT NULL CONSTRAINT class_removals_class_fkey REFERENCES classes (id) ON DELETE CASCADE,
  user_id    uuid NOT NULL CONSTRAINT class_removals_user_fkey REFERENCES users (id) ON DELETE CASCADE,
  removed_by uuid CONSTRAINT class_removals_removed_by_fkey REFERENCES users (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT class_removals_class_user_key UNIQUE (class_id, user_id)
);
CREATE INDEX class_removals_user_idx ON class_removals (user_id);
CREATE INDEX class_removals_removed_by_idx ON class_removals (removed_by);

-- Whether a guardianship counts: both are active people of one tenant, and both belong to a living group there. A
-- function, so that the few links of a person are found first and each is asked about by itself; in PL/pgSQL, which keeps
-- its plan.
CREATE FUNCTION guardianship_counts(student uuid, guardian uuid) RETURNS boolean LANGUAGE plpgsql STABLE COST 10000 AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM users s JOIN users p ON p.tenant_id = s.tenant_id
    WHERE s.id = student AND s.status = 'active' AND s.deleted_at IS NULL
      AND p.id = guardian AND p.status = 'active' AND p.deleted_at IS NULL
      AND EXISTS (SELECT FROM group_members m JOIN groups g ON g.id = m.group_id
                  WHERE m.user_id = student AND g.tenant_id = s.tenant_id AND g.deleted_at IS NULL)
      AND EXISTS (SELECT FROM group_members m JOIN groups g ON g.id = m.group_id
                  WHERE m.user_id = guardian AND g.tenant_id = s.tenant_id AND g.deleted_at IS NULL));
END $$;

-- The guardians who may read the returned work of a student.
CREATE VIEW active_guardians AS
SELECT o.student_id, o.observer_id AS guardian_id, o.created_at
FROM student_observers o WHERE guardianship_counts(o.student_id, o.observer_id);

-- Who is in a class: its members, and the guardians of its students as observers.
CREATE VIEW class_people AS
SELECT m.class_id, m.user_id, m.role, m.created_at FROM class_members m
UNION ALL
SELECT s.class_id, l.guardian_id, 'observer', min(l.created_at)
FROM active_guardians l JOIN class_members s ON s.user_id = l.student_id AND s.role = 'student'
WHERE NOT EXISTS (SELECT FROM class_members own WHERE own.class_id = s.class_id AND own.user_id = l.guardian_id)
GROUP BY s.class_id, l.guardian_id;

-- Class roles that no membership carries. A student is a student member, a teacher or assistant an admin, teacher or
-- staff member, of a group on the path of the class or below the group of the class.
CREATE VIEW class_roles_without_ground AS
SELECT m.id, m.class_id, m.user_id, m.role, m.created_at, c.name AS class_name, c.tenant_id, c.group_id, g.path AS group_path
FROM class_members m JOIN classes c ON c.id = m.class_id JOIN groups g ON g.id = c.group_id
WHERE NOT EXISTS (
  SELECT FROM group_members gm JOIN groups mg ON mg.id = gm.group_id
  WHERE gm.user_id = m.user_id AND (gm.role = 'student') = (m.role = 'student') AND gm.role <> 'guardian'
    AND (mg.path @> g.path OR mg.path <@ g.path));

-- Who gives or takes a role keeps the tree as it is until commit, beside others who do the same: a move waits for them.
CREATE FUNCTION share_group_tree(tenant uuid) RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock_shared(hashtextextended('group_tree:' || tenant::text, 0))
$$;
