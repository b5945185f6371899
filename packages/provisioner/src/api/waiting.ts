import type { Request } from 'express';
import type { Services } from '../services/services.ts';

/** The longest a new version is waited for, in seconds. */
const LONGEST_WAIT = 25;

/** How long whoever asks wants to wait for a new version: `?wait=`, in seconds. */
export function secondsToWait(request: Request): number {
	return Math.min(LONGEST_WAIT, Math.max(0, Number(request.query.wait) || 0));
}

/** Hears of the next version of a register, or of the routing table; `atMost` waits for it so many seconds, or until the caller has gone. */
export function waitForVersion(
	{ changes }: Services,
	request: Request,
	what: 'register' | 'routes',
	library?: string,
) {
	const heard = Promise.withResolvers<void>();
	const changed = (which?: string) => {
		if (which === library) heard.resolve();
	};
	let late: NodeJS.Timeout | undefined;
	changes.on(what, changed);
	request.socket.once('close', heard.resolve);
	return {
		atMost(seconds: number): Promise<void> {
			late = setTimeout(heard.resolve, seconds * 1000);
			return heard.promise;
		},
		end(): void {
			clearTimeout(late);
			changes.off(what, changed);
			request.socket.off('close', heard.resolve);
		},
	};
}
