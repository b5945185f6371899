/**
 * What several people ask the hosts about the same post or person is one matter, to be decided once. Reports point at it, whoever they came from; what was closed
 * before was closed without saying what came of it. An appeal may have been taken on paper.
 */
export const MATTERS = `
CREATE TABLE matter (
	id INTEGER PRIMARY KEY,
	post INTEGER REFERENCES post (id),
	about TEXT NOT NULL,
	concern TEXT NOT NULL,
	opened INTEGER NOT NULL,
	due INTEGER NOT NULL,
	assignee TEXT,
	handed INTEGER,
	looked INTEGER,
	spent INTEGER NOT NULL DEFAULT 0,
	closed INTEGER,
	staff_id TEXT,
	outcome TEXT,
	decision TEXT REFERENCES decision (id),
	reason TEXT
) STRICT;
CREATE UNIQUE INDEX matter_open_post ON matter (post) WHERE closed IS NULL AND post IS NOT NULL;
CREATE UNIQUE INDEX matter_open_person ON matter (about) WHERE closed IS NULL AND post IS NULL;
CREATE INDEX matter_due ON matter (due, id) WHERE closed IS NULL;
CREATE INDEX matter_closed ON matter (closed) WHERE closed IS NOT NULL;
CREATE INDEX matter_about ON matter (about);
CREATE INDEX matter_decision ON matter (decision) WHERE decision IS NOT NULL;

CREATE TABLE matter_note (
	id INTEGER PRIMARY KEY,
	matter INTEGER NOT NULL REFERENCES matter (id),
	staff_id TEXT NOT NULL,
	words TEXT NOT NULL,
	created INTEGER NOT NULL
) STRICT;
CREATE INDEX matter_note_matter ON matter_note (matter);

INSERT INTO matter (id, post, about, concern, opened, due, closed, staff_id, outcome)
	SELECT min(report.id), report.post,
		coalesce(report.about, remote_actor.uri, substr(post.uri, 1, instr(post.uri, '/statuses/') - 1)),
		'other', min(report.created), min(report.created) + 5 * 86400000,
		max(report.closed), max(report.staff_id), CASE WHEN report.closed IS NULL THEN NULL ELSE 'looked' END
	FROM report LEFT JOIN post ON post.id = report.post LEFT JOIN remote_actor ON remote_actor.id = post.remote
	GROUP BY report.post, report.about, report.closed IS NULL;

CREATE TABLE report_new (
	id INTEGER PRIMARY KEY,
	matter INTEGER NOT NULL REFERENCES matter (id),
	post INTEGER REFERENCES post (id),
	about TEXT,
	actor TEXT,
	source TEXT NOT NULL,
	words TEXT NOT NULL,
	told TEXT,
	receipt TEXT UNIQUE,
	created INTEGER NOT NULL,
	closed INTEGER,
	UNIQUE (matter, actor),
	CHECK ((post IS NULL) <> (about IS NULL))
) STRICT;
INSERT INTO report_new (id, matter, post, about, actor, source, words, told, created, closed)
	SELECT id, (SELECT matter.id FROM matter WHERE matter.post IS report.post
			AND (report.post IS NOT NULL OR matter.about = report.about) AND (matter.closed IS NULL) = (report.closed IS NULL)),
		post, about, actor,
		CASE WHEN actor IN (SELECT uri FROM remote_actor) THEN 'remote_report' ELSE 'patron_report' END,
		words, told, created, closed
	FROM report;
DROP TABLE report;
ALTER TABLE report_new RENAME TO report;
CREATE INDEX report_matter ON report (matter);

ALTER TABLE notice ADD COLUMN matter INTEGER REFERENCES matter (id);
ALTER TABLE appeal ADD COLUMN taken_by TEXT;
`;
