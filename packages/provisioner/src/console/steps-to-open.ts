import type { Context } from '../context.ts';
import { policiesOf } from '../store/libraries.ts';
import type { BranchRow, LibraryRow } from '../store/rows.ts';
import { findSignIn } from '../store/sign-in.ts';

/** What is still to be done before the first branch of a library opens, each with whether it is done; null once one has opened. */
export async function stepsToOpen(
	context: Pick<Context, 'database'>,
	library: LibraryRow,
	branches: readonly Pick<BranchRow, 'stage' | 'slug' | 'name'>[],
) {
	const waits = branches.find(({ stage }) => stage === 'unopened');
	if (branches.some(({ stage }) => stage !== 'listed' && stage !== 'unopened')) return null;
	const signIn = await findSignIn(context.database, library.id);
	const policies = await policiesOf(context.database, library.id);
	const at = (place: string) => `/libraries/${library.slug}/${place}`;
	return [
		...(branches.length === 0 ? [step('list', false, at('imports'))] : []),
		step('provision', waits !== undefined, null),
		step('cards', signIn?.settings.state === 'live', at('sign-in')),
		step('rules', policies.length > 0, at('policies')),
		step('open', false, waits ? at(`branches/${waits.slug}`) : null),
	];
}

function step(name: string, done: boolean, href: string | null) {
	return {
		words: `console.steps.${name}`,
		href,
		kind: done ? 'good' : 'wait',
		label: `console.steps.${done ? 'done' : 'to_do'}`,
	};
}
