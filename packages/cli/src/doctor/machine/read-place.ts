import { readdirSync, readFileSync } from 'node:fs';
import { NotAllowed, Unavailable } from '@understory/core/errors.ts';

/** The text of a file of the installation; null when there is none. Throws as `orNull`. */
export function textOf(file: string): string | null {
	return orNull(file, () => readFileSync(file, 'utf8'));
}

/** What stands in a folder; nothing when there is none. Throws as `orNull`. */
export function namesIn(folder: string): string[] {
	return orNull(folder, () => readdirSync(folder)) ?? [];
}

/** What `read` gives; null when the place is not there. Throws `NotAllowed` when this user may not look, `Unavailable` when the disk does not give it. */
export function orNull<Read>(place: string, read: () => Read): Read | null {
	try {
		return read();
	} catch (cause) {
		const { code } = cause as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR') return null;
		if (code === 'EACCES' || code === 'EPERM') {
			throw new NotAllowed(
				`${place} is closed to this user. Look as whoever the installation belongs to: on a machine in production, as root.`,
				'not_allowed',
				{ cause },
			);
		}
		throw new Unavailable(`${place} cannot be read (${code}).`, 'not_readable', { cause });
	}
}
