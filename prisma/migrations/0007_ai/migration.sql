-- The models a tenant may use. A row without a tenant holds for the whole platform.
CREATE TABLE ai_models (
  id                uuid PRIMARY KEY,
  tenant_id         uuid CONSTRAINT ai_models_tenant_fkey REFERENCES groups (id),
  name              text NOT NULL CONSTRAINT ai_models_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
  display_name      text NOT NULL CONSTRAINT ai_models_display_name_check CHECK (char_length(display_name) BETWEEN 1 AND 200),
  enabled           boolean NOT NULL DEFAULT true,
  is_default        boolean NOT NULL DEFAULT false,
  -- Tried in this order when the model fails before its first token.
  fallbacks         text[] NOT NULL DEFAULT '{}' CONSTRAINT ai_models_fallbacks_check CHECK (cardinality(fallbacks) <= 5),
  max_output_tokens integer NOT NULL DEFAULT 2048 CONSTRAINT ai_models_max_output_check CHECK (max_output_tokens BETWEEN 1 AND 200000),
  -- Millionths of the billing currency per million tokens.
  input_price_micros  bigint NOT NULL DEFAULT 0 CONSTRAINT ai_models_input_price_check CHECK (input_price_micros >= 0),
  output_price_micros bigint NOT NULL DEFAULT 0 CONSTRAINT ai_models_output_price_check CHECK (output_price_micros >= 0),
  revision          integer NOT NULL DEFAULT 1,
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ai_models_tenant_name_key UNIQUE NULLS NOT DISTINCT (tenant_id, name),
  CONSTRAINT ai_models_default_enabled_check CHECK (enabled OR NOT is_default)
);
CREATE UNIQUE INDEX ai_models_one_default_key ON ai_models (tenant_id) NULLS NOT DISTINCT WHERE is_default;
CREATE TRIGGER ai_models_touch BEFORE UPDATE ON ai_models FOR EACH ROW EXECUTE FUNCTION touch_revision();

-- One row per call to a model, failed and broken-off ones too: what costs and budgets are counted from.
CREATE TABLE ai_calls (
  id             uuid PRIMARY KEY,
  tenant_id      uuid NOT NULL CONSTRAINT ai_calls_tenant_fkey REFERENCES groups (id),
  group_id       uuid CONSTRAINT ai_calls_group_fkey REFERENCES groups (id),
  class_id       uuid CONSTRAINT ai_calls_class_fkey REFERENCES classes (id),
  user_id        uuid NOT NULL CONSTRAINT ai_calls_user_fkey REFERENCES users (id),
  tool_id        uuid CONSTRAINT ai_calls_tool_fkey REFERENCES tools (id),
  session_id     uuid CONSTRAINT ai_calls_session_fkey REFERENCES sessions (id) ON DELETE SET NULL,
  run_id         uuid CONSTRAINT ai_calls_run_fkey REFERENCES runs (id) ON DELETE SET NULL,
  purpose        text NOT NULL CONSTRAINT ai_calls_purpose_check CHECK (purpose IN ('chat', 'run', 'repair')),
  provider       text NOT NULL,
  model          text NOT NULL,
  -- 'pending' from before the request until it is settled, once, as one of the other three.
  state          text NOT NULL DEFAULT 'pending' CONSTRAINT ai_calls_state_check
                   CHECK (state IN ('pending', 'succeeded', 'failed', 'aborted')),
  input_tokens   integer NOT NULL DEFAULT 0 CONSTRAINT ai_calls_input_tokens_check CHECK (input_tokens >= 0),
  output_tokens  integer NOT NULL DEFAULT 0 CONSTRAINT ai_calls_output_tokens_check CHECK (output_tokens >= 0),
  cost_micros    bigint NOT NULL DEFAULT 0 CONSTRAINT ai_calls_cost_check CHECK (cost_micros >= 0),
  first_token_ms integer,
  latency_ms     integer,
  error_code     text,
  settled_at     timestamptz,
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ai_calls_settled_check CHECK ((state = 'pending') = (settled_at IS NULL)),
  CONSTRAINT ai_calls_error_check CHECK (state <> 'succeeded' OR error_code IS NULL)
);
-- A run is paid for once per step, however often its worker dies.
CREATE UNIQUE INDEX ai_calls_run_settled_key ON ai_calls (run_id, purpose) WHERE state = 'succeeded' AND run_id IS NOT NULL;
CREATE INDEX ai_calls_tenant_idx ON ai_calls (tenant_id, created_at);
CREATE INDEX ai_calls_group_idx ON ai_calls (group_id, created_at);
CREATE INDEX ai_calls_class_idx ON ai_calls (class_id, created_at);
CREATE INDEX ai_calls_user_idx ON ai_calls (user_id, created_at);
CREATE INDEX ai_calls_tool_idx ON ai_calls (tool_id);
CREATE INDEX ai_calls_session_idx ON ai_calls (session_id);
CREATE INDEX ai_calls_run_idx ON ai_calls (run_id);
CREATE INDEX ai_calls_pending_idx ON ai_calls (created_at) WHERE state = 'pending';
CREATE TRIGGER ai_calls_touch BEFORE UPDATE ON ai_calls FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
