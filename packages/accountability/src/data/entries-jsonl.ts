import type { EntryRow } from '../store/entries.ts';

/**
 * All shown entries as JSON Lines, the oldest first: where each stands, and the entry itself, whose canonical form (RFC 8785) is the leaf of
 * the log. No text of anybody is in it.
 */
export function entriesJsonl(rows: readonly EntryRow[]): string {
	return rows
		.map(({ log_year, log_index, published_on, digest, withdrawn_by, entry }) => {
			const place = {
				log_year,
				log_index,
				published_on,
				entry_sha256: digest,
				text_withdrawn_by: withdrawn_by,
			};
			// The entry is JSON in its canonical form already.
			return `${JSON.stringify(place).slice(0, -1)},"entry":${entry}}\n`;
		})
		.join('');
}
