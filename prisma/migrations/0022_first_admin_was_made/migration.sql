-- An installation that has a platform admin has had its first one.
INSERT INTO installation_events (id, name)
  SELECT gen_random_uuid(), 'first_admin' WHERE EXISTS (SELECT FROM users WHERE is_platform_admin);
