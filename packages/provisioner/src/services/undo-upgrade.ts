import { Conflict, NotFound } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import type { Database } from '../store/database.ts';
import {
	findUpgrade,
	homesOfUpgrade,
	homesWithBranches,
	listUpgrades,
	type UpgradeHomeRow,
	type UpgradeRow,
} from '../store/upgrades.ts';
import { planWaves } from '../upgrade/waves.ts';

/** What is undone: the upgrade, in which waves, and what its homes were before it. */
export interface Undoing {
	readonly upgrade: UpgradeRow;
	readonly waves: readonly (readonly string[])[];
	readonly before: ReadonlyMap<string, Pick<UpgradeHomeRow, 'revision' | 'schema'>>;
}

/**
 * Which homes would become what they were before an upgrade, in the waves of any other: those that it brought to its version. Throws `NotFound`,
 * and `Conflict` for one that did not end as it should, that is not the last one, or whose version is no longer the platform's.
 */
export async function planUndoing(database: Database, context: Context, id: string): Promise<Undoing> {
	const upgrade = await findUpgrade(database, id);
	if (!upgrade) throw new NotFound('There is no such upgrade.');
	if (upgrade.state !== 'done')
		throw new Conflict('Only an upgrade that is done can be undone.', 'upgrade_not_done');
	if (upgrade.undoes !== null)
		throw new Conflict('It undid another one. Begin a new upgrade instead.', 'is_an_undoing');
	const newest = await listUpgrades(database);
	if (newest.some(({ undoes, state }) => undoes === id && state === 'done'))
		throw new Conflict('It was undone already.', 'undone_already');
	// One that was to undo it and stopped half-way may be begun again: homes that are back are left as they are.
	if (newest.find(({ undoes }) => undoes !== id)?.id !== id)
		throw new Conflict('Another upgrade came after it, so its homes are other ones by now.', 'not_the_last');
	if (context.driver.upgrader?.version !== upgrade.version) {
		const sentence = 'The platform starts homes of another version by now. Begin a new upgrade instead.';
		throw new Conflict(sentence, 'another_version');
	}
	const before = new Map(
		(await homesOfUpgrade(database, id)).flatMap(({ name, revision, schema }) =>
			revision === null ? [] : [[name, { revision, schema }] as const],
		),
	);
	const waves = planWaves((await homesWithBranches(database)).filter(({ name }) => before.has(name)));
	if (waves.length === 0) throw new Conflict('None of its homes is there any more.', 'nothing_to_undo');
	return { upgrade, waves, before };
}
