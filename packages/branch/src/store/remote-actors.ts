import type { RemoteActor } from '@understory/federation/ports.ts';
import { emojiText } from './emoji.ts';
import { added, sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Somebody of another server, as far as we keep it. */
export interface RemoteRow {
	readonly id: number;
	/** The actor id on the wire. */
	readonly uri: string;
	readonly origin: string;
	readonly host: string;
	readonly handle: string;
	readonly name: string;
	readonly inbox: string;
	readonly shared_inbox: string | null;
	readonly url: string | null;
	/** Address of the collection of their followers. */
	readonly followers: string | null;
	/** Address of the collection of what they pinned. */
	readonly featured: string | null;
	/** The pictures in their name, as `emojiIn` reads them. */
	readonly emoji: string | null;
	/** When what is known of them changed last, UTC milliseconds. */
	readonly updated: number;
}

/** By our own number. */
export function remoteById(reading: Reading, id: number): RemoteRow | undefined {
	return reading.first<RemoteRow>(written('SELECT * FROM remote_actor WHERE id = ?', id));
}

/** By actor id. */
export function remoteByUri(reading: Reading, uri: string): RemoteRow | undefined {
	return reading.first<RemoteRow>(written('SELECT * FROM remote_actor WHERE uri = ?', uri));
}

/** By `handle@host`; the one seen last when a name was given anew. */
export function remoteByAddress(reading: Reading, handle: string, host: string): RemoteRow | undefined {
	return reading.first<RemoteRow>(
		sql('remote_actor').whereRaw('handle = ? COLLATE NOCASE', [handle]).where({ host }).orderBy('id', 'desc'),
	);
}

/** How everybody of other servers is called whom we know. */
export function remoteNames(reading: Reading): { readonly handle: string; readonly name: string }[] {
	return reading.all(written('SELECT handle, name FROM remote_actor'));
}

/** On how many other servers somebody is known. */
export function countHosts(reading: Reading): number {
	const count = written('SELECT count(DISTINCT host) AS n FROM remote_actor');
	return reading.first<{ n: number }>(count)?.n ?? 0;
}

/** Keeps an actor, new or changed, and says what we have now. `id` is used when they are new. */
export function keepRemote(writing: Writing, actor: RemoteActor, id: number, now: number): RemoteRow {
	const known = remoteByUri(writing, actor.id);
	const row: Omit<RemoteRow, 'id' | 'updated'> = {
		uri: actor.id,
		origin: new URL(actor.id).origin,
		host: actor.host,
		handle: actor.handle,
		name: actor.displayName,
		inbox: actor.inbox,
		shared_inbox: actor.sharedInbox,
		url: actor.url,
		followers: actor.followers,
		featured: actor.featured,
		emoji: emojiText(actor.emoji ?? []),
	};
	const same =
		known && Object.entries(row).every(([name, value]) => known[name as keyof RemoteRow] === value);
	if (same) return known;
	const kept = { id: known?.id ?? id, ...row, updated: now };
	if (known) writing.run(sql('remote_actor').where({ id: known.id }).update(kept));
	else writing.run(added('remote_actor', kept));
	return kept;
}
