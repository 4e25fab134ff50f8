-- Which parameters a model takes, as far as an administrator has settled it; what is absent is learned from refusals.
ALTER TABLE ai_models ADD COLUMN parameters jsonb NOT NULL DEFAULT '{}'
  CONSTRAINT ai_models_parameters_check CHECK (jsonb_typeof(parameters) = 'object');

-- Whether the provider did not count the tokens of a call, so that they are an estimate.
ALTER TABLE ai_calls ADD COLUMN estimated boolean NOT NULL DEFAULT false;
