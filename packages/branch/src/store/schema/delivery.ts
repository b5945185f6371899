/**
 * The outbox as ADR 21 has it. `lane`: what is in one lane to one inbox goes in order. `begun`: when it was last tried, written before it is
 * tried, so that a copy that may have arrived is never forgotten. `delivery_host`: servers that failed, or asked us to wait.
 * `receipt`: a branch of this home has it, and has not said yet that it is safe on its disk.
 */
export const DELIVERY = `
ALTER TABLE delivery ADD COLUMN lane TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery ADD COLUMN begun INTEGER;
ALTER TABLE delivery ADD COLUMN receipt TEXT;
UPDATE delivery SET
	lane = CASE WHEN post IS NULL THEN sender || ' ' || coalesce(about ->> 'actor', '') ELSE 'post:' || post END,
	begun = CASE WHEN tries > 0 OR finished IS NOT NULL THEN next_at END;
CREATE INDEX delivery_origin ON delivery (origin, next_at, id) WHERE finished IS NULL;
CREATE INDEX delivery_lane ON delivery (inbox, lane, id) WHERE finished IS NULL;
CREATE INDEX delivery_receipt ON delivery (next_at, origin, receipt) WHERE finished IS NULL AND receipt IS NOT NULL;
DROP INDEX delivery_due;

CREATE TABLE delivery_host (
	origin TEXT PRIMARY KEY,
	failures INTEGER NOT NULL,
	retry_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
