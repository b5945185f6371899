import type { LibraryRecord } from '@understory/core/register.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import type { Connector } from '../connectors/connector.ts';
import type { CardParts } from '../context.ts';
import { alertStaff } from './alerting.ts';
import { type CanaryReport, tryCanary } from './canary.ts';

/** How long a catalogue that kept its word is believed, in milliseconds. */
const FRESH_MS = 24 * 3_600_000;
/** How long one that did not is left alone before it is tried again, so that the canary itself is not locked by its wrong PINs. */
const AGAIN_MS = 10 * 60_000;

/** Whether a library's catalogue may be believed now; a library without a canary is believed as it is. */
export type Canaries = (library: LibraryRecord, settings: SignInSettings) => Promise<boolean>;

interface Tried {
	/** Which canary it was. */
	readonly canary: string;
	/** UTC milliseconds. */
	readonly at: number;
	readonly safe: boolean;
}

/**
 * Tries each library's canary once a day, before the first patron of that day (reference/library-sso.md 1.7, point 9). One that says yes to anything is believed no
 * more until it passes again, and staff are told.
 */
export function createCanaries(parts: CardParts): Canaries {
	// By connector, which is another one when the settings are.
	const tried = new WeakMap<Connector, Tried>();
	const running = new Map<string, Promise<boolean>>();

	async function look(library: LibraryRecord, settings: SignInSettings, canary: string): Promise<boolean> {
		const now = parts.clock.now();
		const connector = parts.connectors.of(library, settings);
		const report = await tryCanary(connector, settings.canaries![0]!, { now, zone: library.zone });
		if (tellsSomething(report)) tried.set(connector, { canary, at: now, safe: report === 'safe' });
		if (report !== 'safe') parts.log.error('canary_failed', { library: library.slug, error_code: report });
		if (report === 'unsafe') await alertStaff(parts, library, 'catalogue_lies');
		return report === 'safe';
	}

	return async (library, settings) => {
		if (!settings.canaries?.[0]) return true;
		const canary = JSON.stringify(settings.canaries[0]);
		const last = tried.get(parts.connectors.of(library, settings));
		const age = parts.clock.now() - (last?.at ?? 0);
		if (last?.canary === canary && age < (last.safe ? FRESH_MS : AGAIN_MS)) return last.safe;
		const known = running.get(library.id);
		if (known) return known;
		const looking = look(library, settings, canary).finally(() => running.delete(library.id));
		running.set(library.id, looking);
		return looking;
	};
}

/** A catalogue that did not answer has said nothing about its word. */
function tellsSomething(report: CanaryReport): boolean {
	return report === 'safe' || report === 'unsafe';
}
