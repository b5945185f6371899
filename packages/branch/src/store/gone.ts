import type { Gone } from '@understory/core/gone.ts';
import { sql } from './sql.ts';
import type { Reading } from './store.ts';

/** What was deleted at or after a moment, and everything that is hidden now: nobody writes down when something was hidden. */
export function goneSince(reading: Reading, since: number): Gone[] {
	const posts = reading.all<{ id: number; at: number }>(
		sql('post').select('id', 'deleted as at').where('deleted', '>=', since),
	);
	const people = reading.all<{ id: number; at: number }>(
		sql('person').select('id', 'gone as at').where('gone', '>=', since),
	);
	const hidden = reading.all<{ id: number; decision: string }>(
		sql('post').select('id', 'hidden as decision').whereNotNull('hidden').whereNull('deleted'),
	);
	return [
		...posts.map(({ id, at }): Gone => ({ what: 'post', id, decision: null, at })),
		...people.map(({ id, at }): Gone => ({ what: 'person', id, decision: null, at })),
		...hidden.map(({ id, decision }): Gone => ({ what: 'hidden', id, decision, at: 0 })),
	];
}
