import type { Provisioner } from '@understory/provisioner/provisioner.ts';

/** What a provisioner in a process of its own is told to do by a measurement or a test, word by word. */
export function actsOf({ services, context, settle }: Pick<Provisioner, 'services' | 'context' | 'settle'>) {
	return {
		settle: () => settle(),
		/** What it does every minute. */
		async sweep(): Promise<void> {
			await services.sweep();
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
