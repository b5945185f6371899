import { hourIn } from '@understory/core/calendar.ts';
import { PublicError, toPublicError } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import type { Upgrader } from '../drivers/upgrader.ts';
import { alone } from '../store/database.ts';
import { homeNamed, hostIn } from '../store/homes.ts';
import { endOperation, setProgress } from '../store/operations.ts';
import { big } from '../store/rows.ts';
import {
	changeUpgrade,
	changeUpgradeHome,
	homesOfUpgrade,
	openUpgrade,
	type UpgradeHomeRow,
	type UpgradeRow,
	zoneOfHome,
} from '../store/upgrades.ts';
import { backedUp } from './backups-before.ts';
import { newestSchema, refuseUnreadable } from './schema-guard.ts';
import { availableIn, servesAll } from './smoke.ts';
import { isInWindow } from './waves.ts';
import { waysOf } from './ways.ts';

type Look = (branches: readonly string[]) => Promise<void>;

/**
 * Goes on with the upgrade of the homes, one home after the other, until there is something to wait for: a copy that is made, hours that are to
 * come, a wave that is watched. Only one process does. Each step is written down before it is begun, and may be repeated. Branches that are
 * to be looked at are given to `look`; it ends before the next step when the platform `isOver`.
 */
export async function goOnUpgrading(
	context: Context,
	platform: { readonly look: Look; isOver(): boolean },
): Promise<void> {
	if (!(await openUpgrade(context.database))) return;
	await alone(context.locks, 'upgrade', async () => {
		while (!platform.isOver() && (await step(context, platform.look)));
	});
}

/** One step. Returns whether there may be another one right away. */
async function step(context: Context, look: Look): Promise<boolean> {
	const { database, clock, driver } = context;
	const upgrade = await openUpgrade(database);
	if (upgrade?.state !== 'running') return false;
	const { upgrader } = driver;
	if (upgrader?.version !== upgrade.version) {
		await stop(context, upgrade, 'The platform starts homes of another version by now. Begin a new upgrade.');
		return false;
	}
	const homes = await homesOfUpgrade(database, upgrade.id);
	await setProgress(database, upgrade.id, homes.filter(({ state }) => state === 'done').length, homes.length);
	const next = homes.find(({ wave, state }) => wave === upgrade.wave && state !== 'done');
	if (next) return upgradeHome(context, upgrade, upgrader, next, look);
	return rest(context, upgrade, homes, clock.now());
}

/** A wave has ended: it is watched for a while, and the next one begins when its branches are there for people. */
async function rest(
	context: Context,
	upgrade: UpgradeRow,
	homes: readonly UpgradeHomeRow[],
	now: number,
): Promise<boolean> {
	const { database } = context;
	if (upgrade.rests_since === null) {
		await changeUpgrade(database, upgrade.id, { rests_since: now });
		return true;
	}
	const done = homes.filter(({ wave }) => wave <= upgrade.wave).map(({ name }) => name);
	const missing = await availableIn(database, done);
	if (missing.length > 0) {
		await stop(
			context,
			upgrade,
			`After wave ${upgrade.wave + 1} these are not served: ${missing.join(', ')}.`,
		);
		return false;
	}
	if (now < big(upgrade.rests_since) + upgrade.settings.soak) return false;
	if (homes.some(({ wave }) => wave > upgrade.wave)) {
		await changeUpgrade(database, upgrade.id, { wave: upgrade.wave + 1, rests_since: null });
		return true;
	}
	const result = { version: upgrade.version, homes: homes.length };
	await database.transaction(async (transaction) => {
		await changeUpgrade(transaction, upgrade.id, { state: 'done' });
		await endOperation(transaction, upgrade.id, { state: 'done', result }, now);
	});
	context.afterStep('upgrade_ended');
	return false;
}

async function upgradeHome(
	context: Context,
	upgrade: UpgradeRow,
	upgrader: Upgrader,
	row: UpgradeHomeRow,
	look: Look,
): Promise<boolean> {
	const { database, clock } = context;
	const note = (change: Omit<Parameters<typeof changeUpgradeHome>[2], 'at'>) =>
		changeUpgradeHome(database, row, { ...change, at: clock.now() });
	const home = await homeNamed(database, row.name);
	// One that was stopped meanwhile, because its branch is gone, has nothing to upgrade.
	if (!home) {
		await note({ state: 'done', message: 'There is no such home any more.' });
		return true;
	}
	if (row.state === 'waiting') {
		const hour = hourIn(await zoneOfHome(database, row.name), clock.now());
		if (!isInWindow(hour, upgrade.settings.hours)) return false;
		await note({ state: 'backing_up' });
		return true;
	}
	const host = home.kind === 'dedicated' ? await hostIn(database, row.name) : undefined;
	const ways = waysOf(context, upgrade, upgrader, { name: row.name, kind: home.kind, ...(host && { host }) });
	let { revision } = row;
	let isTouched = row.state === 'upgrading';
	try {
		if (row.state === 'backing_up') {
			const copies = await backedUp(context, row.name, upgrade, look);
			if (!copies) return false;
			const schema = newestSchema(copies);
			if (upgrade.undoes !== null) refuseUnreadable(row, schema);
			else revision = await upgrader.revisionOf(row.name);
			await note({ state: 'upgrading', revision, ...(upgrade.undoes === null && { schema }) });
			isTouched = true;
			context.afterStep('home_upgrading');
		}
		if (!(await ways.there(revision))) return false;
		context.afterStep('home_upgraded');
		await servesAll(context, row.name);
		await note({ state: 'done', message: null });
		return true;
	} catch (error) {
		// Nothing was seen, so nothing is judged: it is looked at again.
		if (error instanceof PublicError && error.code === 'cluster_silent') return false;
		const back = isTouched ? () => ways.back(revision) : null;
		await undo(context, upgrade, row.name, back, toPublicError(error).message);
		return false;
	}
}

/** Goes back to what the home was, and stops: what is wrong with one would be wrong with the next. */
async function undo(
	context: Context,
	upgrade: UpgradeRow,
	name: string,
	back: (() => Promise<void>) | null,
	why: string,
): Promise<void> {
	const { database, clock } = context;
	let state: UpgradeHomeRow['state'] = 'failed';
	let message = why;
	if (back !== null) {
		try {
			await back();
			await servesAll(context, name);
			state = 'rolled_back';
		} catch (error) {
			context.log.error('home_not_rolled_back', { error });
			message = `${why} Going back did not bring it up either: ${toPublicError(error).message}`;
		}
	}
	context.afterStep('home_rolled_back');
	await changeUpgradeHome(database, { upgrade: upgrade.id, name }, { state, message, at: clock.now() });
	const sentence = {
		as_before: `The home ${name} did not come up and is as it was before. ${why}`,
		untouched: `The home ${name} was left as it is. ${message}`,
		failed: `The home ${name} needs you. ${message}`,
	}[state === 'rolled_back' ? 'as_before' : back === null ? 'untouched' : 'failed'];
	await stop(context, upgrade, sentence);
}

async function stop(context: Context, upgrade: UpgradeRow, message: string): Promise<void> {
	const { database, clock } = context;
	await database.transaction(async (transaction) => {
		await changeUpgrade(transaction, upgrade.id, { state: 'stopped', message });
		const problem = { title: message, code: 'upgrade_stopped' };
		await endOperation(transaction, upgrade.id, { state: 'failed', problem }, clock.now());
	});
	context.afterStep('upgrade_stopped');
}
