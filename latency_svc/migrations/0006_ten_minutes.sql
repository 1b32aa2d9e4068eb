-- Between minutes and hours, so that the hour that runs is read from a few rows. Kept as long as minutes.
CREATE TABLE histogram_10m (LIKE histogram_1m INCLUDING ALL) PARTITION BY RANGE (at);
CREATE TABLE total_10m (LIKE total_1m INCLUDING ALL);

-- Of the minutes that are there; each marks its hour when it has been rolled up.
INSERT INTO to_roll_up (step, at)
SELECT DISTINCT '10m', date_bin('10 minutes', at, '2000-01-01Z') FROM total_1m;
