import type { SignInAlert } from '@understory/core/sign-in-alerts.ts';
import type { Context } from '../context.ts';
import type { Platform } from '../platform.ts';
import { recentAlerts } from '../store/tallies.ts';

const DAY = 86_400_000;
/** As long as the desk shows them. */
const TOLD_DAYS = 30;
/** That something goes on is told this often, in milliseconds; that it began is told at once. */
const GOES_ON = 60_000;

/** Tells the provisioner what library IT should know of sign-in, wherever that changed. Throws `Unavailable` when it cannot be reached; the next call tells it. */
export function tellingAlerts(parts: {
	readonly platform: Pick<Platform, 'reportAlerts'>;
	readonly database: Context['database'];
	readonly clock: Context['clock'];
}): () => Promise<void> {
	const { platform, database, clock } = parts;
	const told = new Map<string, string>();
	return async () => {
		const recent = await recentAlerts(database, clock.now() - TOLD_DAYS * DAY);
		for (const library of new Set([...recent.keys(), ...told.keys()])) {
			const alerts = recent.get(library) ?? [];
			const now = alerts.map(stand).join(' ');
			if (told.get(library) === now) continue;
			await platform.reportAlerts({ library, alerts });
			if (alerts.length > 0) told.set(library, now);
			else told.delete(library);
		}
	};
}

function stand({ kind, since, last }: SignInAlert): string {
	return `${kind} ${since} ${Math.floor(last / GOES_ON)}`;
}
