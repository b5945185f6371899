import type { BranchContext } from '../../context.ts';
import { type ActNotice, addNotice } from '../../store/notices.ts';
import type { Writing } from '../../store/store.ts';

/** Tells somebody what hosts did about them, whoever they keep away from. Whoever has no account here cannot be told. */
export function tellOfAct(
	context: BranchContext,
	writing: Writing,
	about: {
		readonly kind: ActNotice;
		readonly decision: string;
		readonly person: number | null;
		readonly post: number | null;
	},
): void {
	const { person } = about;
	if (person === null) return;
	const created = context.clock.now();
	addNotice(writing, { ...about, person, id: context.ids.next(), actor: null, created, read: null });
}
