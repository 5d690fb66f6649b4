-- Holders are packed smaller. What is marked again at the next Place is indexed again, and articles that wait begin from the
-- start. (Values that are compressed with a dictionary name it, so older ones stay as they are; a program before this step
-- could not read the new ones.)
DELETE FROM holders;
DELETE FROM meta WHERE name IN ('marks', 'marking');
UPDATE unplaced SET stage = 0;
