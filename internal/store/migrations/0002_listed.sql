-- What a topic lists article by article: since when, and since when no more (0: it still does). An article that only
-- grew old stays listed; one that was dropped, or moved to a story outside of the topic, is gone.
CREATE TABLE listed (
    slug    {name} NOT NULL,
    article BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    gone    BIGINT NOT NULL,
    PRIMARY KEY (slug, article)
){packed};
CREATE INDEX listed_at ON listed (slug, at, article) WHERE gone = 0;
CREATE INDEX listed_gone ON listed (slug, gone) WHERE gone <> 0;
INSERT INTO listed (slug, article, at, gone)
    SELECT e.slug, p.article, a.seen, 0 FROM entries e JOIN places p ON p.story = e.story JOIN articles a ON a.id = p.article
    WHERE e.gone = 0 AND e.ended = 0;

-- Entries are asked for by their last significant change, which stood only in the story's packed state: until its next
-- one, the last sight of an article stands for it.
DROP INDEX entries_newest;
ALTER TABLE entries ADD COLUMN updated BIGINT NOT NULL DEFAULT 0;
UPDATE entries SET updated = CASE WHEN ended <> 0 THEN ended ELSE newest END;
ALTER TABLE entries DROP COLUMN newest;
CREATE INDEX entries_updated ON entries (slug, updated) WHERE gone = 0;
