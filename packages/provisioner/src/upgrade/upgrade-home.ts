import { PublicError, toPublicError } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import type { Upgrader } from '../drivers/upgrader.ts';
import { AS_WANTED } from '../reconcile/observe.ts';
import { homeNamed, hostIn } from '../store/homes.ts';
import { tellOfUpgrade } from '../store/under-way.ts';
import {
	changeUpgradeHome,
	findUpgrade,
	homeOfUpgrade,
	sayStopping,
	type UpgradeHomeRow,
	type UpgradeRow,
} from '../store/upgrades.ts';
import { areOld, backedUp } from './backups-before.ts';
import { newestSchema, refuseUnreadable, schemaNow, whyUnreadable } from './schema-guard.ts';
import { missingAfter, notServed, servesAll } from './smoke.ts';
import type { UpgradePlatform } from './upgrading.ts';
import { waysOf } from './ways.ts';

/**
 * Goes on with one home of an upgrade, step by step. Returns whether it is done with; false when there is something to wait for. Each step is written down before
 * it is begun, and may be repeated. The next one begins only while the upgrade goes on.
 */
export async function bringHome(
	context: Context,
	{ upgrade: id, name }: Pick<UpgradeHomeRow, 'upgrade' | 'name'>,
	upgrader: Upgrader,
	platform: UpgradePlatform,
): Promise<boolean> {
	while (!platform.isOver()) {
		const upgrade = await findUpgrade(context.database, id);
		const row = await homeOfUpgrade(context.database, { upgrade: id, name });
		if (upgrade?.state !== 'running' || !row) return false;
		if (!OPEN.includes(row.state)) return true;
		// Another home did not come up: what was not begun is left.
		if (upgrade.message !== null && row.state !== 'upgrading') return true;
		if (!(await step(context, upgrade, upgrader, row, platform))) return false;
	}
	return false;
}

/** The cluster does not answer, or another process is at the home. */
const NOTHING_SEEN: readonly string[] = ['cluster_silent', 'home_busy', 'lease_lost'];

const OPEN: readonly UpgradeHomeRow['state'][] = ['waiting', 'backing_up', 'upgrading'];

/** Writes down how far a home is, and tells its branches with it. */
async function noteAndTell(
	{ database, clock }: Pick<Context, 'database' | 'clock'>,
	row: Pick<UpgradeHomeRow, 'upgrade' | 'name'>,
	change: Omit<Parameters<typeof changeUpgradeHome>[2], 'at'>,
): Promise<void> {
	const now = clock.now();
	await database.transaction(async (transaction) => {
		await changeUpgradeHome(transaction, row, { ...change, at: now });
		await tellOfUpgrade(transaction, row.name, AS_WANTED, now);
	});
}

/** One step. Returns whether there may be another one right away. */
async function step(
	context: Context,
	upgrade: UpgradeRow,
	upgrader: Upgrader,
	row: UpgradeHomeRow,
	platform: UpgradePlatform,
): Promise<boolean> {
	const { database } = context;
	const note = (change: Omit<Parameters<typeof changeUpgradeHome>[2], 'at'>) =>
		noteAndTell(context, row, change);
	const home = await homeNamed(database, row.name);
	// One that was stopped meanwhile, because its branch is gone, has nothing to upgrade.
	if (!home) {
		await note({ state: 'done', message: 'There is no such home any more.' });
		return true;
	}
	if (row.state === 'waiting') {
		await note({ state: 'backing_up' });
		return true;
	}
	const host = home.kind === 'dedicated' ? await hostIn(database, row.name) : undefined;
	const ways = waysOf(context, upgrade, upgrader, { name: row.name, kind: home.kind, ...(host && { host }) });
	let { revision } = row;
	let isTouched = row.state === 'upgrading';
	// A process ended while it went back: it is tried once more.
	if (isTouched && row.message !== null) await note({ message: null });
	try {
		if (row.state === 'backing_up') {
			const copies = await backedUp(context, row, upgrade.asked_by, platform.look);
			if (!copies) return false;
			if (await areOld(context, copies)) {
				await note({ state: 'backing_up' });
				return true;
			}
			if (!(await isHolding(context, upgrade, platform))) return false;
			const schema = newestSchema(copies);
			if (upgrade.undoes !== null) refuseUnreadable(row, schema);
			else revision = await upgrader.revisionOf(row.name);
			// Another home may have failed while this one was copied.
			if ((await findUpgrade(database, upgrade.id))?.message !== null) return true;
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
		if (error instanceof PublicError && NOTHING_SEEN.includes(error.code)) return false;
		const back = isTouched ? { go: () => ways.back(revision), stay: ways.stay } : null;
		const before = await homeOfUpgrade(database, { upgrade: upgrade.id, name: row.name });
		await undo(context, upgrade, before ?? row, back, toPublicError(error).message);
		return true;
	}
}

/**
 * Whether people reach what was brought to the new version so far, so that another home may be. Where branches are lost the upgrade is said to stop; those that are away
 * are looked at, and may be there again at the next nudge.
 */
async function isHolding(
	{ database, clock }: Context,
	upgrade: UpgradeRow,
	platform: UpgradePlatform,
): Promise<boolean> {
	const { lost, away } = await missingAfter(database, upgrade, clock.now());
	const sentence = notServed(upgrade, lost);
	// Another home that asks may have said it already.
	if (lost.length > 0) await sayStopping(database, upgrade.id, sentence, sentence);
	else if (away.length > 0) await platform.lookAgain(away);
	return lost.length === 0 && away.length === 0;
}

/**
 * Goes back to what the home was, and has the upgrade stop: what is wrong with one would be wrong with the next. It does not go back where the new version
 * brought folders to a schema that the one before does not open: then none of them would be served.
 */
async function undo(
	context: Context,
	upgrade: UpgradeRow,
	row: UpgradeHomeRow,
	back: { go(): Promise<void>; stay(): Promise<void> } | null,
	why: string,
): Promise<void> {
	const { database, clock } = context;
	const { name } = row;
	const first = `The home ${name} did not come up. ${why}`;
	// Before going back, which takes its time: nothing more is begun meanwhile.
	if (back !== null) {
		await sayStopping(database, upgrade.id, first);
		await noteAndTell(context, { upgrade: upgrade.id, name }, { message: why });
	}
	let state: UpgradeHomeRow['state'] = 'failed';
	let message = why;
	/** Asked of whichever version runs. One that undoes an upgrade goes back to the newer version, which opens them all. */
	const unreadable = async () =>
		upgrade.undoes === null ? whyUnreadable(row, await schemaNow(context, name)) : null;
	const forbidden = back && (await unreadable());
	if (forbidden) {
		message = `${why} It keeps the new version. ${forbidden}`;
		await back?.stay();
	} else if (back !== null) {
		try {
			await back.go();
			await servesAll(context, name);
			state = 'rolled_back';
		} catch (error) {
			context.log.error('home_not_rolled_back', { error });
			const then = (await unreadable()) ?? toPublicError(error).message;
			message = `${why} Going back did not bring it up either: ${then}`;
		}
	}
	context.afterStep('home_rolled_back');
	const sentence = {
		as_before: `The home ${name} did not come up and is as it was before. ${why}`,
		untouched: `The home ${name} was left as it is. ${message}`,
		failed: `The home ${name} needs you. ${message}`,
	}[state === 'rolled_back' ? 'as_before' : back === null ? 'untouched' : 'failed'];
	await database.transaction(async (transaction) => {
		await noteAndTell({ clock, database: transaction }, { upgrade: upgrade.id, name }, { state, message });
		await sayStopping(transaction, upgrade.id, sentence, first);
	});
}
