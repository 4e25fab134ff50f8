-- Whatever changes the shape of a tenant's tree (create, move, archive, restore) takes this lock first, and reads the
-- tree in a later statement: one that waited for the lock then sees what the others have committed.
CREATE FUNCTION lock_group_tree(tenant uuid) RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('group_tree:' || tenant::text, 0))
$$;

-- Refuses by a name that the application knows, as a violated constraint would.
CREATE FUNCTION refuse_group_move(reason text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the group cannot be moved: %', reason
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = reason;
END $$;

-- Moves a group with everything below it under another parent: one round trip, since the lock is held until commit.
-- `within` are the paths that the caller manages, checked again under the lock as the tree may have changed since they
-- were asked for (null: all). `revisions` are those that the caller has seen (null: any).
-- Too deep a tree is refused by groups_depth_check itself.
CREATE FUNCTION move_group(moved_id uuid, target_id uuid, within ltree[], revisions integer[])
RETURNS SETOF groups LANGUAGE plpgsql AS $$
DECLARE
  moved groups;
  target groups;
BEGIN
  PERFORM lock_group_tree(g.tenant_id) FROM groups g WHERE g.id = moved_id;
  SELECT * INTO moved FROM groups WHERE id = moved_id;
  SELECT * INTO target FROM groups WHERE id = target_id;

  IF moved.parent_id IS NULL THEN PERFORM refuse_group_move('group.root_immovable'); END IF;
  IF target.tenant_id <> moved.tenant_id THEN PERFORM refuse_group_move('group.other_tenant'); END IF;
  IF target.id IS NULL OR moved.deleted_at IS NOT NULL OR NOT (moved.path <@ within AND target.path <@ within) THEN
    PERFORM refuse_group_move('group.out_of_reach');
  END IF;
  IF target.deleted_at IS NOT NULL THEN PERFORM refuse_group_move('group.archived'); END IF;
  IF moved.revision <> ALL (revisions) THEN PERFORM refuse_group_move('group.changed'); END IF;
  IF target.path <@ moved.path THEN PERFORM refuse_group_move('group.cycle'); END IF;
  IF moved.parent_id = target_id THEN
    RETURN NEXT moved;
    RETURN;
  END IF;

  -- Archived groups below come along, so that every path stays its parent's path and its own label.
  RETURN QUERY
    WITH rewritten AS (
      UPDATE groups g
      SET parent_id = CASE WHEN g.id = moved_id THEN target_id ELSE g.parent_id END,
          path = target.path || subpath(g.path, nlevel(moved.path) - 1)
      WHERE g.path <@ moved.path
      RETURNING g.*)
    SELECT * FROM rewritten WHERE id = moved_id;
END $$;
