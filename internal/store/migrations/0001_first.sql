-- Words in braces differ between engines (dialect.go): {id} a key that the engine counts, {key} an integer key that
-- we give, {blob} bytes, {name} text compared byte by byte, {packed} rows that live in their primary key.
-- Times are microseconds since 1970 UTC; Go's zero time is far below 0. A *_h column is the first 64 bits of a
-- SHA-256, so that indexes stay small; the text beside it settles collisions.

CREATE TABLE meta (
    name  {name} PRIMARY KEY,
    n     BIGINT NOT NULL DEFAULT 0,
    at    BIGINT NOT NULL DEFAULT 0,
    value TEXT NOT NULL DEFAULT ''
);

-- One row a lease: who may place, or refresh, right now. The fence steps at each change of hands.
CREATE TABLE leases (
    name    {name} PRIMARY KEY,
    owner   TEXT NOT NULL,
    expires BIGINT NOT NULL,
    fence   BIGINT NOT NULL
);

CREATE TABLE feeds (
    id      {name} PRIMARY KEY,
    state   TEXT NOT NULL,
    owner   TEXT NOT NULL DEFAULT '',
    claimed BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE hosts (
    host  {name} PRIMARY KEY,
    state TEXT NOT NULL
);

-- An article's identity: never deleted, whatever retention does to its text.
CREATE TABLE articles (
    id        {id},
    key       {blob} NOT NULL UNIQUE,
    feed      {name} NOT NULL,
    guid      TEXT NOT NULL,
    url       TEXT NOT NULL,
    item_hash {blob} NOT NULL,
    text_hash {blob} NOT NULL,
    seen      BIGINT NOT NULL,
    revision  BIGINT NOT NULL,
    seed      BIGINT NOT NULL,
    guid_h    BIGINT NOT NULL,
    url_h     BIGINT NOT NULL,
    link_h    BIGINT,
    text_h    BIGINT NOT NULL
);
CREATE INDEX articles_guid ON articles (guid_h);
CREATE INDEX articles_url ON articles (url_h);
CREATE INDEX articles_link ON articles (link_h) WHERE link_h IS NOT NULL;
CREATE INDEX articles_text ON articles (text_h);
CREATE INDEX articles_seen ON articles (seen);

CREATE TABLE bodies (
    article {key},
    body    {blob} NOT NULL
);

CREATE TABLE revisions (
    article  BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    body     {blob} NOT NULL,
    PRIMARY KEY (article, revision)
);

-- What Place reads of an article: its header and its marks, packed (packing.go).
CREATE TABLE marks (
    article {key},
    data    {blob} NOT NULL
);

-- Articles that wait for Place. The stamp steps when one changes again while it waits.
CREATE TABLE unplaced (
    article {key},
    stamp   BIGINT NOT NULL
);

-- The candidate index: for each key the articles that hold it, packed in up to 16 chunks (holders.go). The id is the
-- key with the number of the chunk in place of its weight. newest is the greatest day of first sight in the chunk.
CREATE TABLE holders (
    id     {key},
    newest BIGINT NOT NULL,
    data   {blob} NOT NULL
);

-- Keys that so many hold around a pair of days (published or 0, first seen) that they are out of play there: their
-- holders are only counted.
CREATE TABLE crowds (
    key       BIGINT NOT NULL,
    published BIGINT NOT NULL,
    seen      BIGINT NOT NULL,
    n         BIGINT NOT NULL,
    PRIMARY KEY (key, published, seen)
){packed};

-- Where an article stands: its story, and the edges that tie it to others, packed.
CREATE TABLE places (
    article {key},
    story   BIGINT NOT NULL,
    edges   {blob} NOT NULL
);

-- Every story that ever was: the row of one that ended keeps its id from being given again.
CREATE TABLE stories (
    id        {id},
    name      {name} NOT NULL UNIQUE,
    minted    BIGINT NOT NULL,
    newest    BIGINT NOT NULL,
    published BIGINT NOT NULL,
    ended     BIGINT NOT NULL,
    wake      BIGINT,
    members   {blob} NOT NULL,
    state     {blob} NOT NULL
);
CREATE INDEX stories_wake ON stories (wake) WHERE wake IS NOT NULL;
CREATE INDEX stories_published ON stories (published, name) WHERE published > 0 AND ended = 0;

CREATE TABLE aliases (
    old  {name} PRIMARY KEY,
    name {name} NOT NULL
);
CREATE INDEX aliases_name ON aliases (name);

-- What a topic has published, in the order it entered (RFC 5005 archives are cut by seq). A story that left the
-- topic keeps its number: gone is 1.
CREATE TABLE entries (
    slug      {name} NOT NULL,
    seq       BIGINT NOT NULL,
    story     BIGINT NOT NULL,
    name      {name} NOT NULL,
    published BIGINT NOT NULL,
    newest    BIGINT NOT NULL,
    ended     BIGINT NOT NULL,
    gone      BIGINT NOT NULL,
    PRIMARY KEY (slug, seq)
){packed};
CREATE UNIQUE INDEX entries_story ON entries (story, slug);
CREATE INDEX entries_newest ON entries (slug, newest) WHERE gone = 0 AND ended = 0;
CREATE INDEX entries_ended ON entries (slug, ended) WHERE ended <> 0;

CREATE TABLE topics (
    slug       {name} PRIMARY KEY,
    generation BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    seq        BIGINT NOT NULL
);

CREATE TABLE archives (
    slug {name} NOT NULL,
    n    BIGINT NOT NULL,
    at   BIGINT NOT NULL,
    data {blob} NOT NULL,
    PRIMARY KEY (slug, n)
);

CREATE TABLE corrections (
    id     {id},
    origin TEXT NOT NULL,
    line   BIGINT NOT NULL,
    body   TEXT NOT NULL
);

-- What the references of a correction were found to mean.
CREATE TABLE ruled (
    correction BIGINT NOT NULL,
    ref        BIGINT NOT NULL,
    article    BIGINT NOT NULL,
    PRIMARY KEY (correction, ref, article)
){packed};

CREATE TABLE subscriptions (
    topic    {name} NOT NULL,
    callback {name} NOT NULL,
    state    TEXT NOT NULL,
    PRIMARY KEY (topic, callback)
);
