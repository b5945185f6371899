import type { Context } from '../context.ts';
import { branchesOf } from '../store/branches.ts';
import type { Found } from './settings-pages.ts';

/** Where a branch goes on that closes, and which branches of its library could be named for that; null for one that is not closing and cannot. */
export async function successorShown(
	{ database }: Pick<Context, 'database'>,
	{ library, branch }: Found,
	chosen: string | undefined,
): Promise<object | null> {
	const { successor, stage } = branch;
	const named = successor && { name: successor.name, href: `${successor.origin}/` };
	if (stage === 'retired') return named && { named, open: [] };
	const others = (await branchesOf(database, library.id)).filter(
		(other) => other.stage === 'open' && other.id !== branch.id,
	);
	const open = others.map(({ slug, name, id }) => ({
		...{ slug, name },
		chosen: chosen === undefined ? id === successor?.id : chosen === slug,
	}));
	return { named, open };
}
