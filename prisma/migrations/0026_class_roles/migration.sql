ALTER TABLE class_members DROP CONSTRAINT class_members_role_check;
ALTER TABLE class_members ADD CONSTRAINT class_members_role_check CHECK (role IN ('teacher', 'assistant', 'student'));
