import { Conflict } from '@understory/core/errors.ts';
import { silentLog } from '@understory/core/log.ts';
import type { Context } from '../context.ts';
import type { HomeDriver } from '../drivers/driver.ts';
import type { Services } from '../services/services.ts';
import type { Transaction } from '../store/database.ts';
import type { PlannedChange } from './planned-changes.ts';
import { servicesInside } from './services-inside.ts';

/**
 * What a request is carried out with when all of it is taken back: one transaction for everything that is written, no log, and nothing that changes anything outside of this process. Whatever
 * would reach a home, a cluster or a server of others throws `Conflict` with the code `no_plan`: it could not be taken back. Clusters alone are asked what can be asked
 * without a change: whether a new cell could be one, and whether that of homes which would be stopped answers. `told` is called with what comes of it.
 */
export function rehearsalContext(
	context: Context,
	transaction: Transaction,
	told: (change: PlannedChange) => void,
): Context {
	const { driver, openCell } = context;
	return {
		...context,
		...{ database: transaction, locks: transaction, log: silentLog, afterStep: nothing },
		internal: { request: beyond, fetch: beyond } as unknown as Context['internal'],
		outgoing: { request: beyond, fetch: beyond },
		driver: { ...onlyNamed(driver), stop: onlyLookedAt(driver, told) },
		...(openCell && {
			openCell: async (name: string) => onlyTried(name, await openCell(name), told),
		}),
		...(context.closeCell && { closeCell: nothing }),
	};
}

/** Services over such a context, that set nothing in motion: what they would begin with is never begun. */
export function rehearsalServices(context: Context): Services {
	return servicesInside(context, null as never).services;
}

/** Of a driver what it says without asking anybody. */
function onlyNamed(driver: HomeDriver): HomeDriver {
	const { upgrader } = driver;
	return {
		...{ observe: beyond, start: beyond, stop: beyond },
		...(driver.namespaceFor && { namespaceFor: driver.namespaceFor }),
		...(upgrader && {
			upgrader: {
				version: upgrader.version,
				...{ versionOf: beyond, revisionOf: beyond, upgrade: beyond, stay: beyond, rollBack: beyond },
			},
		}),
	};
}

/** Of the driver of a new cell that it is tried. */
function onlyTried(cell: string, driver: HomeDriver, told: (change: PlannedChange) => void): HomeDriver {
	return {
		...onlyNamed(driver),
		...(driver.tryOut && {
			async tryOut() {
				await driver.tryOut!();
				told({ what: `cluster of ${cell}`, from: null, to: 'answers, and has all that homes need' });
			},
		}),
	};
}

/** In the place of stopping homes: the first is looked at, so that a cluster that does not answer is said, and the others are as likely to be stopped. */
function onlyLookedAt(driver: HomeDriver, told: (change: PlannedChange) => void): HomeDriver['stop'] {
	let looked: Promise<unknown> | null = null;
	return async (name) => {
		looked ??= driver.observe(name);
		await looked;
		told({ what: `home ${name}`, from: 'empty', to: 'stopped' });
	};
}

function beyond(): never {
	const sentence =
		'This asks a home, a cluster or another server, and could not be taken back: there is no plan of it.';
	throw new Conflict(sentence, 'no_plan');
}

const nothing = (): void => undefined;
