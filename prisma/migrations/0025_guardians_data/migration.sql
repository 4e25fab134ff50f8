-- Links were made by the lists of classes. One stays if such a list still explains it, and both people are of one tenant.
DELETE FROM student_observers o
WHERE NOT EXISTS (
  SELECT FROM class_members mine JOIN class_members theirs ON theirs.class_id = mine.class_id
  JOIN users p ON p.id = mine.user_id JOIN users s ON s.id = theirs.user_id AND s.tenant_id = p.tenant_id
  WHERE mine.user_id = o.observer_id AND mine.role = 'observer' AND theirs.user_id = o.student_id AND theirs.role = 'student');

-- A guardian is a member of the school from now on: their link rests on it.
INSERT INTO group_members (id, group_id, user_id, role)
SELECT DISTINCT ON (m.user_id) gen_random_uuid(), c.group_id, m.user_id, 'guardian'
FROM class_members m JOIN classes c ON c.id = m.class_id JOIN groups g ON g.id = c.group_id AND g.deleted_at IS NULL
WHERE m.role = 'observer' AND EXISTS (SELECT FROM student_observers o WHERE o.observer_id = m.user_id)
  AND NOT EXISTS (SELECT FROM group_members own JOIN groups og ON og.id = own.group_id
                  WHERE own.user_id = m.user_id AND og.tenant_id = c.tenant_id AND og.deleted_at IS NULL)
ORDER BY m.user_id, m.created_at
ON CONFLICT (group_id, user_id) DO NOTHING;

-- Observers of a class follow from the links.
DELETE FROM class_members WHERE role = 'observer';
