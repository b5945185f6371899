import { seal, unseal } from '@understory/core/seal.ts';
import { deriveKey, type LibraryKeys, libraryKeys, type MasterSecrets, versionOf } from './keys.ts';
import type { Database } from './store/database.ts';
import { purgeOldLinks } from './store/leaving.ts';
import { aboutSubjects, changeKeys, subjectKeys } from './store/sealed-keys.ts';

/** The keys of every library, by the library's id. */
export type Keyring = (library: string) => LibraryKeys;

/**
 * Makes the keys from the secret. Where the secret was changed, what the older one sealed is sealed anew first, and the key of the pairwise
 * subjects is carried over: it may never change, or everybody would lose their accounts at the branches. May run in several processes at once, and be
 * killed at any line.
 */
export async function openKeyring(database: Database, secrets: MasterSecrets): Promise<Keyring> {
	checkSecrets(secrets);
	const { before } = secrets;
	if (before) {
		const sealedNow = (library: string, about: string, text: string) =>
			seal(deriveKey(secrets, library, 'seal'), about, text);
		await changeKeys(database, versionOf(secrets), {
			reseal: (library, about, sealed) =>
				sealedNow(library, about, unseal(deriveKey(before, library, 'seal'), about, sealed)),
			subjectKey: (library) =>
				sealedNow(
					library,
					aboutSubjects(library),
					deriveKey(before, library, 'pairwise').toString('base64url'),
				),
		});
	}
	const carried = new Map(
		(await subjectKeys(database)).map(({ library, sealed }) => {
			const key = unseal(deriveKey(secrets, library, 'seal'), aboutSubjects(library), sealed);
			return [library, Buffer.from(key, 'base64url')];
		}),
	);
	const known = new Map<string, LibraryKeys>();
	return (library) => {
		const keys = known.get(library) ?? libraryKeys(secrets, library, carried.get(library));
		known.set(library, keys);
		return keys;
	};
}

/** Deletes what is still hashed under an older secret once nobody waits for its owner any more. Asks the database once. */
export function purgeWhenDue(database: Database, secrets: MasterSecrets): (now: number) => Promise<void> {
	const version = versionOf(secrets);
	let done = version === 1;
	return async (now) => {
		if (done || (secrets.before && now < secrets.before.until)) return;
		await purgeOldLinks(database, version);
		done = true;
	};
}

function checkSecrets(secrets: MasterSecrets): void {
	const { before } = secrets;
	if (secrets.master.length !== 32 || (before && before.master.length !== 32))
		throw new RangeError('the bridge needs a secret of 32 bytes');
	if (before && versionOf(before) >= versionOf(secrets))
		throw new RangeError('a new secret of the bridge has a higher version than the one before');
}
