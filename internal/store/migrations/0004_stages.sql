-- How far an article has come that waits: 0 not at all, 1 the candidate index knows it, 2 it has its edges, and what is
-- left is its story. A few go all the way at once; many (the first refresh of many feeds) go together, stage by stage.
ALTER TABLE unplaced ADD COLUMN stage BIGINT NOT NULL DEFAULT 0;
CREATE INDEX unplaced_stage ON unplaced (stage, article);
