import type { Provisioner } from '@understory/provisioner/provisioner.ts';
import { glanceAt } from '../../../packages/provisioner/src/reconcile/glance.ts';
import { FIRST_CELL, furtherCells } from '../../../packages/provisioner/src/store/cells.ts';

/** What a provisioner in a process of its own is told to do by a measurement or a test, word by word. */
export function actsOf({ services, context, settle }: Pick<Provisioner, 'services' | 'context' | 'settle'>) {
	return {
		settle: () => settle(),
		/** What it does every minute. */
		async sweep(): Promise<void> {
			await services.sweep();
			await settle();
		},
		/** Glances at every branch of every cell, as the sweep does with a sixtieth of them, and looks at those that are not at rest. */
		async glanceAtAll(): Promise<void> {
			for (const cell of [FIRST_CELL, ...(await furtherCells(context.database))])
				await glanceAt(context, { cell, range: { from: null, before: null }, look: services.look });
			await settle();
		},
		/** Looks at every branch that is served, and publishes what changed, if anything. */
		async lookAtAll(): Promise<void> {
			const rows: { id: string }[] = await context
				.database('branch')
				.whereNot('stage', 'listed')
				.select('id');
			await services.look(rows.map(({ id }) => id));
			await settle();
		},
	};
}
