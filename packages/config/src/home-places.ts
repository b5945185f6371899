import { resolve } from 'node:path';
import { isBoxPublicKey } from '@understory/core/sealed-box.ts';
import { type CopiesAway, copiesAwayIn } from './copies-away.ts';
import type { RoleSettingName } from './role-settings.ts';

/** Where a home keeps what is not in its own folder, and to what it seals its keys; a provisioner hands it on to the homes that it starts on this machine. */
export interface HomePlaces {
	/** Where the copies of every home lie. Absolute; null: in its own folder. */
	readonly backups: string | null;
	/** The folder with lists of digests that pictures are compared with. Absolute; null: with none. */
	readonly matchLists: string | null;
	/** The public half of the key that the keys of homes are sealed to; null: they are kept nowhere else. */
	readonly recoveryKey: string | null;
	/** Null: nothing is copied as it changes. */
	readonly litestream: LitestreamConfig | null;
	/** Null: copies lie where the home is. */
	readonly copiesAway: CopiesAway | null;
}

interface Texts {
	text(name: RoleSettingName): string;
}

/** Reads them. Each fault is a sentence that names the variable. */
export function homePlaces(reader: Texts, faults: string[]): HomePlaces {
	const folder = (said: string) => (said ? resolve(said) : null);
	return {
		backups: folder(reader.text('UNDERSTORY_BACKUPS')),
		matchLists: folder(reader.text('UNDERSTORY_MATCH_LISTS')),
		recoveryKey: recoveryKeyIn(reader, faults),
		litestream: litestreamIn(reader, faults),
		copiesAway: copiesAwayIn(
			reader.text('UNDERSTORY_COPIES_AWAY'),
			reader.text('UNDERSTORY_COPIES_AWAY_CREDENTIALS'),
			faults,
		),
	};
}

/** Quotes nothing: what was written instead may be the private half. */
export const NO_RECOVERY_KEY =
	'UNDERSTORY_RECOVERY_KEY is not the public half of a recovery key. Write the 43 characters that understory recovery-key show prints.';

function recoveryKeyIn(reader: Texts, faults: string[]): string | null {
	const said = reader.text('UNDERSTORY_RECOVERY_KEY');
	if (!said) return null;
	if (!isBoxPublicKey(said)) faults.push(NO_RECOVERY_KEY);
	return said;
}

/** How a home has the databases of its branches copied as they change. */
export interface LitestreamConfig {
	/** The control socket of a Litestream that sees the same folders. Absolute. */
	readonly socket: string;
	/** The URL below which copies lie, such as `s3://bucket/folder`; no secret is in it. */
	readonly replica: string;
}

/** Null: nothing is copied as it changes. Adds a sentence to `faults` when only half of it is said, or the URL holds a password. */
function litestreamIn(reader: Texts, faults: string[]): LitestreamConfig | null {
	const socket = reader.text('UNDERSTORY_LITESTREAM');
	const replica = reader.text('UNDERSTORY_LITESTREAM_REPLICA');
	if (!socket && !replica) return null;
	if (!socket || !replica) {
		const sentence =
			'UNDERSTORY_LITESTREAM and UNDERSTORY_LITESTREAM_REPLICA go together: say both or neither.';
		faults.push(sentence);
		return null;
	}
	const url = URL.canParse(replica) ? new URL(replica) : null;
	if (url === null || url.password !== '') {
		const sentence =
			'UNDERSTORY_LITESTREAM_REPLICA is no URL such as s3://bucket/folder, or holds a password. Give Litestream its password itself.';
		faults.push(sentence);
		return null;
	}
	return { socket: resolve(socket), replica };
}
