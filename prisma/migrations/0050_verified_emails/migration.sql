-- Who registered by themselves has an event that says so; everybody else's account was made by an administrator, an
-- operator or a seed, who stood for the address.
-- No change of a person that readers of `updatedSince` should notice.
ALTER TABLE users DISABLE TRIGGER users_touch;
UPDATE users u SET is_self_registered = true
  WHERE EXISTS (SELECT FROM audit_events e WHERE e.about_user_id = u.id AND e.action = 'auth.registered');
-- Those who have a role already keep it: the rule is about roles that are given from now on.
UPDATE users SET email_verified_at = created_at WHERE NOT is_self_registered OR tenant_id IS NOT NULL;
ALTER TABLE users ENABLE TRIGGER users_touch;
