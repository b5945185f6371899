import type { Context } from '../context.ts';
import type { HomeSpec } from '../drivers/driver.ts';
import type { Upgrader } from '../drivers/upgrader.ts';
import type { UpgradeRow } from '../store/upgrades.ts';

/** How a home is brought to what an upgrade wants, and how to what it was. The revision is the one before the new version. */
export interface Ways {
	/** Resolves with true when it runs as wanted, with false when the cluster is still at it. Repeatable. Throws `PublicError` with why it does not run. */
	there(revision: number | null): Promise<boolean>;
	back(revision: number | null): Promise<void>;
	/** It keeps the new version, because there is no way back. */
	stay(): Promise<void>;
}

/** An upgrade brings a home to the present version, and back to its revision; one that undoes another the other way round. */
export function waysOf(
	context: Context,
	upgrade: UpgradeRow,
	upgrader: Upgrader,
	home: Omit<HomeSpec, 'enrolmentToken'>,
): Ways {
	const { name } = home;
	const forward = async () => {
		await upgrader.upgrade(home);
		return true;
	};
	const backward = async (revision: number | null) => {
		if (revision === null) throw new Error(`nothing is known of what ${name} was before`);
		await upgrader.rollBack(name, revision);
	};
	const stay = () => upgrader.stay(name);
	if (upgrade.undoes === null) return { there: forward, back: backward, stay };
	return {
		async there(revision) {
			const isThere = (await upgrader.versionOf(name)) !== upgrade.version;
			const sight = isThere ? await context.driver.observe(name) : null;
			if (sight?.state === 'Unknown') return false;
			// Going back is a new revision each time, and Helm keeps few: once more could push out the one to go back to.
			if (sight?.state !== 'Running') await backward(revision);
			return true;
		},
		async back() {
			await forward();
		},
		stay,
	};
}
