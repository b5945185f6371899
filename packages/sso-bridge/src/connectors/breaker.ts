import type { CardResult, Connector, When } from './connector.ts';

/** After how many questions in a row without an answer a catalogue is left alone, and for how long (milliseconds). */
const OPENS_AFTER = 5;
const REST_MS = 30_000;

export interface BreakerParts {
	readonly opensAfter?: number;
	readonly restMs?: number;
	/** Told when a catalogue is left alone, and when it is asked again. */
	changed(state: 'resting' | 'back'): void;
}

/**
 * Leaves a catalogue alone that does not answer: after some silences in a row nobody is made to wait for the next, and the catalogue is not run over while it
 * comes up. When it has rested it is looked for without anybody's card, by one of those who come; then it is asked again. A refusal is an answer.
 */
export function withBreaker(
	connector: Connector,
	{ opensAfter = OPENS_AFTER, restMs = REST_MS, changed }: BreakerParts,
): Connector {
	let silences = 0;
	/** UTC milliseconds since when it is left alone; null while it is asked. */
	let resting: number | null = null;
	let looking: Promise<boolean> | null = null;

	async function isBack(when: When): Promise<boolean> {
		const reached = await connector.reach(when);
		if (reached.outcome === 'unavailable') {
			resting = when.now;
			return false;
		}
		resting = null;
		silences = 0;
		changed('back');
		return true;
	}

	async function mayAsk(when: When): Promise<boolean> {
		if (resting === null) return true;
		if (when.now - resting < restMs) return false;
		looking ??= isBack(when).finally(() => {
			looking = null;
		});
		return looking;
	}

	function heard({ outcome }: CardResult, when: When): void {
		silences = outcome === 'unavailable' ? silences + 1 : 0;
		if (silences < opensAfter || resting !== null) return;
		resting = when.now;
		changed('resting');
	}

	return {
		kind: connector.kind,
		async check(card, secret, when) {
			if (!(await mayAsk(when))) return { outcome: 'unavailable', reason: 'resting' };
			const result = await connector.check(card, secret, when);
			heard(result, when);
			return result;
		},
		// The self-test and the canary are for finding out, so nothing keeps them.
		probe: connector.probe,
		reach: connector.reach,
	};
}
