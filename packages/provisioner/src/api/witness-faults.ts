import type { Fault } from '@understory/core/errors.ts';
import type { WitnessRecord } from '@understory/core/register.ts';
import { BadNote, parseVkey, type SignatureType } from '@understory/transparency-log/note.ts';

/** What is wrong with the witnesses that somebody named. */
export function faultsOfWitnesses(witnesses: readonly WitnessRecord[]): Fault[] {
	return witnesses.flatMap(({ vkey, url }, at) => [
		...faultsOfKey(`witnesses.${at}.vkey`, vkey, 'cosignature'),
		...(/^https?:$/.test(URL.parse(url)?.protocol ?? '')
			? []
			: [
					{
						field: `witnesses.${at}.url`,
						text: 'Write the address of the witness, such as https://clerk.example/witness.',
					},
				]),
	]);
}

/** What is wrong with the keys of logs to watch. */
export function faultsOfWatches(watches: readonly string[]): Fault[] {
	return watches.flatMap((vkey, at) => faultsOfKey(`watches.${at}`, vkey, 'ed25519'));
}

function faultsOfKey(field: string, vkey: string, type: SignatureType): Fault[] {
	try {
		parseVkey(vkey, type);
		return [];
	} catch (error) {
		if (error instanceof BadNote) return [{ field, text: error.message }];
		throw error;
	}
}
