import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RoleName, SECRET_FILES, type SecretFile, type SecretFileName } from './role-settings.ts';

/** What stands in the secret files of a role, without the spaces around it. */
export type SecretTexts = Readonly<Partial<Record<SecretFileName, string>>>;

/**
 * Reads the secret files of a role, as a mounted Secret or a folder of systemd's credentials holds them. A file that is needed and not there, that is
 * empty, or that cannot be read is a fault with a sentence; what is in a file is never quoted.
 */
export function readSecretFiles(role: RoleName, folder: string, faults: string[]): SecretTexts {
	const read: Partial<Record<SecretFileName, string>> = {};
	for (const { name, roles, needed, meaning } of SECRET_FILES as readonly SecretFile[]) {
		if (!roles.includes(role)) continue;
		try {
			const text = readFileSync(join(folder, name), 'utf8').trim();
			if (text) read[name as SecretFileName] = text;
			else if (needed) faults.push(`The secret file ${name} in ${folder} is empty. ${meaning}`);
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			const away = code === 'ENOENT' || code === 'ENOTDIR';
			if (!away)
				faults.push(`The secret file ${name} in ${folder} cannot be read (${code}). May this user read it?`);
			else if (needed) faults.push(`The secret file ${name} is missing in ${folder}. ${meaning}`);
		}
	}
	return read;
}
