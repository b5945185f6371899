import { BadInput, Conflict, NotFound } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import { lock } from '../store/database.ts';
import { endOperation } from '../store/operations.ts';
import {
	changeUpgrade,
	findUpgrade,
	homesWithBranches,
	insertUpgrade,
	openUpgrade,
	type UpgradeRow,
	type UpgradeSettings,
} from '../store/upgrades.ts';
import { versionsOf } from '../upgrade/versions.ts';
import { faultsOfHours, planWaves } from '../upgrade/waves.ts';
import { beginOperation } from './operations.ts';
import { planUndoing } from './undo-upgrade.ts';

/** How long a wave is watched when nothing else is said, in minutes, and at most. */
const SOAK = 10;
const LONGEST_SOAK = 7 * 24 * 60;

/** What an upgrade would do, or does. */
export interface UpgradePlan {
	readonly version: string;
	/** Names of homes, wave by wave. */
	readonly waves: readonly (readonly string[])[];
	/** Homes that have this version already. */
	readonly current: readonly string[];
	/** Homes whose cell does not answer: nothing is known of their version, so they wait for an upgrade that is begun when it does. */
	readonly unknown: readonly string[];
}

/** What is said to begin one. */
export interface NewUpgrade {
	readonly soak_minutes: number;
	readonly hours: { readonly from: number; readonly to: number } | null;
	/** The id of an upgrade that is undone; nothing for one to the present version. */
	readonly undo: string;
}

/** Which homes would be brought to the present version, in which order. Throws `Conflict` where homes have no versions of their own. */
export async function planUpgrade(context: Context): Promise<UpgradePlan> {
	const { upgrader } = context.driver;
	if (!upgrader) {
		const sentence =
			'On one machine homes run the code of the platform: they are upgraded with it, and there are no waves.';
		throw new Conflict(sentence, 'no_versions');
	}
	const homes = await homesWithBranches(context.database);
	const { versions, unknown } = await versionsOf(upgrader, homes);
	const isCurrent = ({ name }: { readonly name: string }) => versions.get(name) === upgrader.version;
	return {
		version: upgrader.version,
		waves: planWaves(homes.filter((home) => versions.has(home.name) && !isCurrent(home))),
		current: homes.flatMap((home) => (isCurrent(home) ? [home.name] : [])).sort(),
		unknown,
	};
}

/**
 * Begins an upgrade of all homes that are known to have another version, or undoes one that is done, as an operation. Throws `BadInput`, and `Conflict` while
 * another one goes on or nothing is to be done.
 */
export async function beginUpgrade(
	context: Context,
	wanted: Partial<NewUpgrade>,
	asked: { readonly id: string; readonly by: string },
): Promise<void> {
	const settings = settingsOf(wanted);
	const plan = wanted.undo === undefined ? await planUpgrade(context) : null;
	if (plan?.waves.length === 0)
		throw plan.unknown.length === 0
			? new Conflict('Every home has this version already.', 'nothing_to_upgrade')
			: new Conflict(
					'Every home that is known has this version already; the others are in cells that do not answer. Begin when they do.',
					'homes_unknown',
				);
	await context.database.transaction(async (transaction) => {
		await lock(transaction, 'upgrades');
		const going = await openUpgrade(transaction);
		if (going?.id === asked.id) return;
		if (going) throw new Conflict('An upgrade is under way. Abort it, or wait for it.', 'upgrade_underway');
		const undoing = plan ? null : await planUndoing(transaction, context, wanted.undo!);
		const version = plan?.version ?? undoing!.upgrade.version;
		const waves = plan?.waves ?? undoing!.waves;
		const kind = undoing ? 'undo_upgrade' : 'upgrade';
		const about = { id: asked.id, kind, library: null, branch: null, by: asked.by };
		const total = waves.flat().length;
		await beginOperation({ ...context, database: transaction }, { ...about, total });
		const now = context.clock.now();
		const undoes = undoing?.upgrade.id ?? null;
		const row = { id: asked.id, version, undoes, settings, asked: now, asked_by: asked.by };
		await insertUpgrade(transaction, row, waves, undoing?.before);
		await addAudit(transaction, { at: now, actor: asked.by, act: kind, subject: `version ${version}` });
	});
	context.afterStep('upgrade_begun');
}

/**
 * Pauses an upgrade after the home it is at, lets it go on, or aborts it; homes that have the new version keep it. Throws `NotFound`, and
 * `Conflict` for one that has ended.
 */
export async function steerUpgrade(
	context: Context,
	id: string,
	state: 'running' | 'paused' | 'aborted',
	by: string,
): Promise<UpgradeRow> {
	await context.database.transaction(async (transaction) => {
		await lock(transaction, 'upgrades');
		const upgrade = await findUpgrade(transaction, id);
		if (!upgrade) throw new NotFound('There is no such upgrade.');
		if (upgrade.state !== 'running' && upgrade.state !== 'paused')
			throw new Conflict('This upgrade has ended.', 'upgrade_ended');
		await changeUpgrade(transaction, id, { state });
		const now = context.clock.now();
		if (state === 'aborted') {
			const problem = { title: `${by} aborted it.`, code: 'aborted' };
			await endOperation(transaction, id, { state: 'failed', problem }, now);
		}
		const subject = `version ${upgrade.version}`;
		await addAudit(transaction, { at: now, actor: by, act: `upgrade_${state}`, subject });
	});
	return (await findUpgrade(context.database, id))!;
}

function settingsOf({ soak_minutes: soak = SOAK, hours = null }: Partial<NewUpgrade>): UpgradeSettings {
	const faults = [];
	if (!(soak >= 0 && soak <= LONGEST_SOAK))
		faults.push({ field: 'soak_minutes', text: `Between 0 and ${LONGEST_SOAK} minutes.` });
	faults.push(...faultsOfHours('hours', hours));
	if (faults.length > 0) throw new BadInput('This upgrade cannot begin like that.', faults);
	return { soak: soak * 60_000, hours };
}
