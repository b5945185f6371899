import { execFile } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { sendByFetch } from '@understory/api-client/send.ts';
import { Unavailable } from '@understory/core/errors.ts';
import type { Means } from './machine-check.ts';

/** This computer itself. */
export function meansOfThisMachine(given: Pick<Means, 'now' | 'backupDays' | 'freeBytes'>): Means {
	return {
		...given,
		send: sendByFetch,
		lookUp: (name) => lookup(name),
		disk: (folder) =>
			statfs(folder).catch((cause: NodeJS.ErrnoException) => {
				const sentence = `The disk of ${folder} does not say what it has left (${cause.code}).`;
				throw new Unavailable(sentence, 'no_answer', { cause });
			}),
		async clockIsKept() {
			const asked = ['show', '--property=NTPSynchronized', '--value'];
			const { stdout } = await promisify(execFile)('timedatectl', asked).catch((cause: unknown) => {
				throw new Unavailable('timedatectl does not say whether the clock is kept right.', 'no_answer', {
					cause,
				});
			});
			return stdout.trim() === 'yes';
		},
	};
}
