import type { SignInReport, SignInStep } from '@understory/core/sign-in-document.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import type { Connector, When } from '../connectors/connector.ts';
import { probesFor, tryProbe } from './canary.ts';

/** Milliseconds that only grow. */
export type Stopwatch = () => number;

/**
 * Tries settings against their catalogue, step by step, for library IT: is it there, does it take our own login, and does it keep its word about the first
 * canary. What it tells holds no card, no secret and nothing that the catalogue said, only words of ours. When a step fails, those after it are left out: a
 * catalogue that cannot be reached has nothing to say about PINs, and one that says yes to a wrong PIN is not asked for more.
 */
export async function selfTest(
	connector: Connector,
	settings: SignInSettings,
	{ when, stopwatch }: { when: When; stopwatch: Stopwatch },
): Promise<Pick<SignInReport, 'ok' | 'steps'>> {
	const canary = settings.canaries?.[0];
	const tries: { step: string; run: () => Promise<Pick<SignInStep, 'outcome' | 'why'>> }[] = [
		{
			step: 'reach',
			async run() {
				const reached = await connector.reach(when);
				return reached.outcome === 'there' ? PASSED : { outcome: 'failed', why: reached.reason };
			},
		},
		...(canary ? probesFor(canary) : []).map((probe) => ({
			step: probe,
			async run(): Promise<Pick<SignInStep, 'outcome' | 'why'>> {
				const { holds, result } = await tryProbe(connector, canary!, { probe, when });
				if (holds === true) return PASSED;
				if (holds === false)
					return { outcome: 'failed', why: probe === 'right_pin' ? 'refused' : 'accepted' };
				return { outcome: 'failed', why: 'reason' in result ? result.reason : result.outcome };
			},
		})),
	];
	const steps: SignInStep[] = [];
	for (const { step, run } of tries) {
		const stopped = steps.some(({ outcome }) => outcome === 'failed');
		const started = stopwatch();
		const { outcome, why } = stopped ? SKIPPED : await run();
		steps.push({ step, outcome, why, milliseconds: stopwatch() - started });
	}
	return { ok: steps.every(({ outcome }) => outcome === 'passed'), steps };
}

const PASSED = { outcome: 'passed', why: null } as const;
const SKIPPED = { outcome: 'skipped', why: null } as const;
