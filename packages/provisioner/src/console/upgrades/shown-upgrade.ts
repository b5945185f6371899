import type { UpgradePlan } from '../../services/upgrades.ts';
import { big } from '../../store/rows.ts';
import type { UpgradeHomeRow, UpgradeRow } from '../../store/upgrades.ts';

/** What each state of an upgrade is to whoever looks; the words for each, and for what to do next, stand under its name. */
export const KIND_OF_UPGRADE = {
	running: 'wait',
	paused: 'wait',
	stopped: 'stop',
	aborted: 'stop',
	done: 'good',
} as const satisfies Record<UpgradeRow['state'], string>;
/** The same of each step of a home. */
export const KIND_OF_STEP = {
	...{ waiting: 'quiet', backing_up: 'wait', upgrading: 'wait' },
	...{ done: 'good', rolled_back: 'stop', failed: 'stop' },
} as const satisfies Record<UpgradeHomeRow['state'], string>;
/** So many homes of a wave stand on the page; those that need somebody stand first. */
const SHOWN = 50;

/** An upgrade as pages show it. */
export function shownUpgrade({ id, version, undoes, state, wave, settings, message, ...row }: UpgradeRow) {
	return {
		...{ id, version, undoes, message, wave: wave + 1, by: row.asked_by, asked: big(row.asked) },
		...{ kind: KIND_OF_UPGRADE[state], state: `upgrades.state.${state}`, next: `upgrades.next.${state}` },
		...{ soak: settings.soak / 60_000, hours: settings.hours },
	};
}

/** The waves of an upgrade, each with its homes and what they are at; of a great wave as many homes as fit a page, and how many more there are. */
export function shownWaves({ wave: present }: UpgradeRow, homes: readonly UpgradeHomeRow[]) {
	const waves = Map.groupBy(homes, ({ wave }) => wave);
	return [...waves].map(([wave, all]) => {
		const rows = all.toSorted((a, b) => urgency(a) - urgency(b) || (a.name < b.name ? -1 : 1));
		return {
			number: wave + 1,
			present: wave === present,
			done: all.filter(({ state }) => state === 'done').length,
			total: all.length,
			more: Math.max(0, all.length - SHOWN),
			homes: rows.slice(0, SHOWN).map(({ name, state, message, at }) => ({
				...{ name, message, at: state === 'waiting' ? null : big(at) },
				...{ kind: KIND_OF_STEP[state], step: `upgrades.step.${state}` },
			})),
		};
	});
}

const URGENCY: readonly UpgradeHomeRow['state'][] = [
	...(['failed', 'rolled_back', 'upgrading', 'backing_up', 'waiting', 'done'] as const),
];
const urgency = ({ state }: UpgradeHomeRow) => URGENCY.indexOf(state);

/** What an upgrade would do, wave by wave. */
export function shownPlan({ version, waves, current, unknown }: UpgradePlan) {
	return {
		version,
		waves: waves.map((names, at) => ({
			...{ number: at + 1, count: names.length, names: names.slice(0, SHOWN).join(', ') },
			more: Math.max(0, names.length - SHOWN),
		})),
		current: current.length,
		unknown: {
			count: unknown.length,
			names: unknown.slice(0, SHOWN).join(', '),
			more: Math.max(0, unknown.length - SHOWN),
		},
		homes: waves.flat().length,
	};
}
