-- How many of the calls that were summed up have tokens (and so a cost) that are an estimate, as in ai_calls.estimated.
ALTER TABLE usage_daily ADD COLUMN estimated_calls bigint NOT NULL DEFAULT 0
  CONSTRAINT usage_daily_estimated_check CHECK (estimated_calls BETWEEN 0 AND calls);
ALTER TABLE usage_monthly ADD COLUMN estimated_calls bigint NOT NULL DEFAULT 0
  CONSTRAINT usage_monthly_estimated_check CHECK (estimated_calls BETWEEN 0 AND calls);

-- Days and months that were summed up before. Calls that were settled since may be more than their day has counted;
-- such a day is summed up again anyhow.
UPDATE usage_daily u SET estimated_calls = least(e.calls, u.calls)
FROM (
  SELECT d.tenant_id, d.day, coalesce(g.id, c.tenant_id) AS group_id, c.class_id, c.tool_id, c.model,
    coalesce(c.role, 'none') AS role, count(*) AS calls
  FROM ai_calls c
  JOIN usage_days d ON d.tenant_id = c.tenant_id AND c.created_at >= d.starts_at AND c.created_at < d.ends_at
  LEFT JOIN groups g ON g.id = c.group_id AND g.tenant_id = c.tenant_id
  WHERE c.estimated AND c.state <> 'pending'
  GROUP BY 1, 2, 3, 4, 5, 6, 7) e
WHERE u.tenant_id = e.tenant_id AND u.day = e.day AND u.group_id = e.group_id AND u.class_id IS NOT DISTINCT FROM e.class_id
  AND u.tool_id IS NOT DISTINCT FROM e.tool_id AND u.model = e.model AND u.role = e.role;

UPDATE usage_monthly u SET estimated_calls = least(e.calls, u.calls)
FROM (
  SELECT tenant_id, date_trunc('month', day::timestamp)::date AS month, group_id, class_id, tool_id, model, role,
    sum(estimated_calls) AS calls
  FROM usage_daily WHERE estimated_calls > 0
  GROUP BY 1, 2, 3, 4, 5, 6, 7) e
WHERE u.tenant_id = e.tenant_id AND u.month = e.month AND u.group_id = e.group_id AND u.class_id IS NOT DISTINCT FROM e.class_id
  AND u.tool_id IS NOT DISTINCT FROM e.tool_id AND u.model = e.model AND u.role = e.role;

-- The same of a run, all of whose calls are summed up in it, and of an answer of a chat.
ALTER TABLE runs ADD COLUMN tokens_estimated boolean NOT NULL DEFAULT false;
UPDATE runs r SET tokens_estimated = true
FROM (SELECT DISTINCT run_id FROM ai_calls WHERE estimated AND run_id IS NOT NULL) c
WHERE r.id = c.run_id;
ALTER TABLE messages ADD COLUMN tokens_estimated boolean NOT NULL DEFAULT false;
