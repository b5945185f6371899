import type { Context } from '../context.ts';
import { startsAtOnce } from '../store/cells.ts';
import { alone } from '../store/database.ts';
import { endOperation, setProgress } from '../store/operations.ts';
import { big } from '../store/rows.ts';
import {
	changeUpgrade,
	countUpgraded,
	homesToUpgrade,
	openUpgrade,
	type UpgradeRow,
} from '../store/upgrades.ts';
import { dueHomes } from './due.ts';
import { missingAfter, notServed } from './smoke.ts';
import { bringHome } from './upgrade-home.ts';
import { openHours } from './windows.ts';

/** What the work goes on beside. */
export interface UpgradePlatform {
	/** Looks at these branches soon. */
	look(branches: readonly string[]): Promise<void>;
	/** The same of branches that are away, some seconds after it was asked for last and not before. */
	lookAgain(branches: readonly string[]): Promise<void>;
	isOver(): boolean;
	/** Resolves when there may be something new: a copy that was made, an hour that has come. */
	nudged(): Promise<void>;
}

/** From one look at branches that are away to the next, in milliseconds. */
export const LOOK_AGAIN = 5_000;

/** What is under way in this process. */
interface Underway {
	/** Homes that are being brought to the new version. */
	readonly running: Map<string, Promise<void>>;
	/** Homes that wait for something, until the next nudge. */
	readonly waits: Set<string>;
}

/**
 * Goes on with the upgrade of the homes, several of a wave at once and each cell by itself, until there is only something to wait for: copies that are made, hours that
 * are to come, a wave that is watched. Only one process does. Each step is written down before it is begun, and may be repeated. After the first
 * home that does not come up no other is begun; those that are under way are gone on with, and then it stops. Resolves when nothing is under way.
 */
export async function goOnUpgrading(context: Context, platform: UpgradePlatform): Promise<void> {
	if (!(await openUpgrade(context.database))) return;
	await alone(context.locks, 'upgrade', () => conduct(context, platform));
}

async function conduct(context: Context, platform: UpgradePlatform): Promise<void> {
	const underway: Underway = { running: new Map(), waits: new Set() };
	try {
		while (!platform.isOver()) {
			const nudge = platform.nudged().then(() => underway.waits.clear());
			if (await turn(context, platform, underway)) continue;
			if (underway.running.size === 0) return;
			await Promise.race([nudge, ...underway.running.values()]);
		}
	} finally {
		await Promise.all(underway.running.values());
	}
}

/** Begins what can be begun. Returns whether the upgrade itself went on, so that there may be more. */
async function turn(context: Context, platform: UpgradePlatform, underway: Underway): Promise<boolean> {
	const { database, clock, driver } = context;
	const { running, waits } = underway;
	const upgrade = await openUpgrade(database);
	if (upgrade?.state !== 'running') return false;
	const { upgrader } = driver;
	if (upgrader?.version !== upgrade.version) {
		await stop(context, upgrade, 'The platform starts homes of another version by now. Begin a new upgrade.');
		return false;
	}
	const { done, all } = await countUpgraded(database, upgrade.id);
	await setProgress(database, upgrade.id, done, all);
	const homes = await homesToUpgrade(database, upgrade);
	const isStopping = upgrade.message !== null;
	const going = isStopping ? homes.filter(({ state }) => state === 'upgrading') : homes;
	const isOpen = isStopping ? () => false : await openHours(database, upgrade, clock.now());
	const due = dueHomes(going, await startsAtOnce(database), isOpen);
	for (const name of due) {
		if (running.has(name) || waits.has(name)) continue;
		const work = bringHome(context, { upgrade: upgrade.id, name }, upgrader, platform)
			.catch((error: unknown) => {
				context.log.error('upgrade_broke_off', { error });
				return false;
			})
			.then((isDone) => {
				running.delete(name);
				if (!isDone) waits.add(name);
			});
		running.set(name, work);
	}
	if (running.size > 0) return false;
	if (isStopping) {
		// The last home may have ended since the upgrade was read, and has said what became of it.
		const said = going.length === 0 ? (await openUpgrade(database))?.message : null;
		if (said) await stop(context, upgrade, said);
		return false;
	}
	return homes.length === 0 && rest(context, upgrade, all, platform);
}

/** A wave has ended: it is watched for a while, and the next one begins when its branches are there for people. */
async function rest(
	context: Context,
	upgrade: UpgradeRow,
	all: number,
	platform: UpgradePlatform,
): Promise<boolean> {
	const { database, clock } = context;
	const now = clock.now();
	if (upgrade.rests_since === null) {
		await changeUpgrade(database, upgrade.id, { rests_since: now });
		return true;
	}
	const { lost, away } = await missingAfter(database, upgrade, now);
	if (lost.length > 0) {
		await stop(context, upgrade, notServed(upgrade, lost));
		return false;
	}
	// It is watched anew from when all of them are there again. What was said of a whole home while it was away is unsaid by a look at each.
	if (away.length > 0) {
		if (now < big(upgrade.rests_since) + LOOK_AGAIN) return false;
		await changeUpgrade(database, upgrade.id, { rests_since: now });
		await platform.look(away);
		return false;
	}
	if (now < big(upgrade.rests_since) + upgrade.settings.soak) return false;
	if (await hasAnotherWave(context, upgrade)) {
		await changeUpgrade(database, upgrade.id, { wave: upgrade.wave + 1, rests_since: null });
		return true;
	}
	const result = { version: upgrade.version, homes: all };
	await database.transaction(async (transaction) => {
		await changeUpgrade(transaction, upgrade.id, { state: 'done' });
		await endOperation(transaction, upgrade.id, { state: 'done', result }, now);
	});
	context.afterStep('upgrade_ended');
	return false;
}

async function hasAnotherWave({ database }: Context, { id, wave }: UpgradeRow): Promise<boolean> {
	return (await homesToUpgrade(database, { id, wave: wave + 1 })).length > 0;
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
