import { Conflict } from '@understory/core/errors.ts';
import { silentLog } from '@understory/core/log.ts';
import type { Context } from '../context.ts';
import type { HomeDriver } from '../drivers/driver.ts';
import type { Services } from '../services/services.ts';
import type { Transaction } from '../store/database.ts';
import { servicesInside } from './services-inside.ts';

/**
 * What a request is carried out with when all of it is taken back: one transaction for everything that is written, no log, and nothing that leads out of this process. Whatever
 * would reach a home, a cluster or a server of others throws `Conflict` with the code `no_plan`: it could not be taken back.
 */
export function rehearsalContext(context: Context, transaction: Transaction): Context {
	return {
		...context,
		...{ database: transaction, locks: transaction, log: silentLog, afterStep: nothing },
		internal: { request: beyond, fetch: beyond } as unknown as Context['internal'],
		outgoing: { request: beyond, fetch: beyond },
		driver: onlyNamed(context.driver),
		...(context.openCell && { openCell: beyond }),
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

function beyond(): never {
	const sentence =
		'This asks a home, a cluster or another server, and could not be taken back: there is no plan of it.';
	throw new Conflict(sentence, 'no_plan');
}

const nothing = (): void => undefined;
