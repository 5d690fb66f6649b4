-- The candidate rule asks how many articles a window has: the crowd of the key 0 counts all. Until now nobody counted, so
-- an article that is there already counts as published on the day of its first sight.
INSERT INTO crowds (key, published, seen, n)
    SELECT 0, seen / 86400000000, seen / 86400000000, count(*) FROM articles
    WHERE seen > 0 AND seen / 86400000000 BETWEEN 1 AND 65535 GROUP BY seen / 86400000000;
