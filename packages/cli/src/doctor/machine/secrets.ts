import { statSync } from 'node:fs';
import type { Fault } from '../check.ts';
import type { MachineCheck } from './machine-check.ts';
import { orNull } from './read-place.ts';

/** Secrets that somebody else on this computer may read, or has. */
export const checkSecrets: MachineCheck = async ({ folder, secrets }) => {
	// Windows has no such bits, and keeps the folders of a person to them.
	if (process.platform === 'win32') return [];
	const owner = statSync(folder).uid;
	return secrets.flatMap((place): Fault[] => {
		const found = orNull(place, () => statSync(place));
		if (found === null) return [];
		if (found.uid !== owner) {
			const wrong = `It belongs to user ${found.uid}, and not to ${owner} as the installation does.`;
			return [{ where: place, wrong, mend: `chown ${owner} ${place}` }];
		}
		if ((found.mode & 0o077) === 0) return [];
		return [
			{
				where: place,
				wrong: 'Others on this computer may read it.',
				mend: `chmod go= ${place}; whoever has an account here may know what is in it.`,
			},
		];
	});
};
