import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** `mute`: not on my boards. `block`: neither of us has to do with the other. `hide`: nobody of that server on my boards. */
export type RelationKind = 'mute' | 'block' | 'hide';

/** Somebody keeps away from somebody, or from a server. */
export interface Relation {
	readonly id: number;
	/** Actor id of whoever keeps away; of this branch, or for a block also from elsewhere. */
	readonly actor: string;
	readonly kind: RelationKind;
	/** Actor id, or for `hide` the origin of a server. */
	readonly object: string;
	/** When a mute ends, UTC milliseconds; null for one that does not. */
	readonly until: number | null;
	/** Id of the Block, for one that another server knows of. */
	readonly activity: string | null;
	readonly created: number;
}

/** One of them, or undefined. */
export function findRelation(
	reading: Reading,
	actor: string,
	kind: RelationKind,
	object: string,
): Relation | undefined {
	return reading.first<Relation>(sql('relation').where({ actor, kind, object }));
}

/** By the id of its Block. */
export function relationByActivity(reading: Reading, activity: string): Relation | undefined {
	return reading.first<Relation>(sql('relation').where({ activity }));
}

/** Everything somebody keeps away from at `now`, newest first. */
export function relationsBy(reading: Reading, actor: string, now: number): Relation[] {
	const query = sql('relation').where({ actor }).orderBy('id', 'desc');
	return reading.all<Relation>(query.whereRaw('(until IS NULL OR until > ?)', [now]));
}

/** Who blocks somebody. */
export function blockersOf(reading: Reading, object: string): string[] {
	const query = sql('relation').select('actor').where({ object, kind: 'block' });
	return reading.all<{ actor: string }>(query).map(({ actor }) => actor);
}

/** Keeps it; said again it gets the new end. */
export function keepRelation(writing: Writing, relation: Relation): void {
	const { until } = relation;
	writing.run(
		sql('relation')
			.insert({ ...relation })
			.onConflict(['actor', 'kind', 'object'])
			.merge({ until }),
	);
}

/** Ends it. */
export function removeRelation(writing: Writing, id: number): void {
	writing.run(sql('relation').where({ id }).delete());
}
