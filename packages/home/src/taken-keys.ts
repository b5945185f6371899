import { join } from 'node:path';
import { PublicError } from '@understory/core/errors.ts';
import { importKey } from '@understory/transparency-log/keys.ts';
import { readWhole, writeWhole } from './files.ts';

/** The keys of a home that lost its folder, as they came out of keeping: the texts of its two files. */
export interface GivenKeys {
	readonly homeKey: string;
	readonly roleKey: string;
}

/**
 * Takes keys that were given into a folder that has none, so that the home goes on as itself: what is sealed in copies of its branches opens, and the
 * provisioner knows it without a token. One that is killed here takes the rest at its next start. Throws `PublicError` with a sentence, and
 * writes nothing, when the folder has other keys: with those of another home its branches would open nothing more.
 */
export function takeInKeys(folder: string, given: GivenKeys): void {
	const files = [
		{ file: join(folder, 'home.key'), text: given.homeKey, sameAs: sameBytes },
		{ file: join(folder, 'role.key'), text: given.roleKey, sameAs: sameKey },
	];
	const kept = files.map(({ file }) => readWhole(file));
	if (files.some(({ text, sameAs }, at) => kept[at] !== null && !sameAs(text, kept[at]!))) {
		const sentence =
			'This home has keys already, and was given others: home.key and role.key among its secrets are not those in its folder. Take those that were given away, or give them to the home that they are of.';
		throw new PublicError(409, 'other_keys', sentence);
	}
	for (const [at, { file, text }] of files.entries()) if (kept[at] === null) writeWhole(file, text);
}

function sameBytes(one: string, other: string): boolean {
	return Buffer.from(one, 'base64').equals(Buffer.from(other, 'base64'));
}

function sameKey(one: string, other: string): boolean {
	return importKey(one).id === importKey(other).id;
}
