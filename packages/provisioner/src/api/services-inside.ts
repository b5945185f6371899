import type { Context } from '../context.ts';
import { wantListed } from '../services/provisioning.ts';
import { resendLibrary } from '../services/resend.ts';
import type { Services } from '../services/services.ts';
import { findOperation } from '../store/operations.ts';
import { operationShape } from './shapes.ts';

/** What an act may use of the services while it is one transaction. */
type Inside = Pick<
	Services,
	| 'look'
	| 'passed'
	| 'libraryChanged'
	| 'cellsChanged'
	| 'sweep'
	| 'goOnUpgrading'
	| 'goOnImporting'
	| 'operation'
	| 'accepted'
	| 'provisionLibrary'
>;

/**
 * Services over the transaction of an act. What is written down is part of it; what is set in motion begins in that order with `begin`, when everything is written: nobody
 * looks for what is not there yet, and of an act that is refused nothing goes on.
 */
export function servicesInside(
	context: Context,
	services: Inside,
): { readonly services: Services; begin(): Promise<void> } {
	const later: (() => Promise<void> | void)[] = [];
	const inside: Inside = {
		look: async (branches) => void later.push(() => services.look(branches)),
		passed: (library) => void later.push(() => services.passed(library)),
		async libraryChanged(library, options = {}) {
			const told = options.resend ? await resendLibrary(context.database, library) : [];
			if (told.length > 0) later.push(() => services.look(told));
			later.push(() => services.libraryChanged(library));
		},
		cellsChanged: async () => void later.push(() => services.cellsChanged()),
		sweep: async (when) => void later.push(() => services.sweep(when)),
		goOnUpgrading: () => void later.push(() => services.goOnUpgrading()),
		goOnImporting: () => void later.push(() => services.goOnImporting()),
		operation: async (id) => (await findOperation(context.database, id))!,
		accepted: async (id) => ({
			body: operationShape((await findOperation(context.database, id))!),
			location: `/api/v1/operations/${id}`,
		}),
		async provisionLibrary(library, by) {
			const { id, branches } = await wantListed(context, library, by);
			context.afterStep('library_provisioned');
			later.push(() => services.look(branches));
			later.push(() => services.passed(library.id));
			return id;
		},
	};
	return {
		services: new Proxy(inside as Services, {
			get(known, name) {
				if (name in known) return known[name as keyof Services];
				throw new Error(`an act does not use ${String(name)}`);
			},
		}),
		async begin() {
			for (const one of later) await one();
		},
	};
}
