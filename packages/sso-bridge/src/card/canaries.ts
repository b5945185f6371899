import type { LibraryRecord } from '@understory/core/register.ts';
import type { Canary, SignInSettings } from '@understory/core/sign-in-settings.ts';
import type { CardParts } from '../context.ts';
import { tryCanary } from './canary.ts';

/** How long a catalogue that kept its word is believed, in milliseconds. */
const FRESH_MS = 24 * 3_600_000;

/** Whether a library's catalogue may be believed now; a library without a canary is believed as it is. */
export type Canaries = (library: LibraryRecord, settings: SignInSettings) => Promise<boolean>;

/** Tries each library's canary once a day, before the first patron of that day (reference/library-sso.md 1.7, point 9). */
export function createCanaries(parts: CardParts): Canaries {
	const tried = new Map<string, number>();
	const running = new Map<string, Promise<boolean>>();

	async function look(library: LibraryRecord, settings: SignInSettings, canary: Canary): Promise<boolean> {
		const now = parts.clock.now();
		const report = await tryCanary(parts.connectors.of(library, settings), canary, {
			now,
			zone: library.zone,
		});
		if (report === 'safe') tried.set(library.id, now);
		else parts.log.error('canary_failed', { library: library.slug, error_code: report });
		return report === 'safe';
	}

	return async (library, settings) => {
		const canary = settings.canaries?.[0];
		if (!canary) return true;
		const last = tried.get(library.id);
		if (last !== undefined && parts.clock.now() - last < FRESH_MS) return true;
		const known = running.get(library.id);
		if (known) return known;
		const looking = look(library, settings, canary).finally(() => running.delete(library.id));
		running.set(library.id, looking);
		return looking;
	};
}
