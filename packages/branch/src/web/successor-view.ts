import type { PublicError } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import type { Person } from '../store/people.ts';

type Now = Pick<BranchContext, 'current'>;

/** Where a branch goes on that closes or is closed for good. */
export interface SuccessorView {
	readonly name: string;
	readonly origin: string;
}

/** Null at a branch that goes on itself, and where none was named. The name is the one of now, where the register has it. */
export function successorView({ current }: Now): SuccessorView | null {
	const { stage, successor } = current.branch();
	if (!successor || (stage !== 'closing' && stage !== 'retired')) return null;
	const known = current.branches().find(({ id }) => id === successor.id);
	return { name: known?.name ?? successor.name, origin: successor.origin };
}

/** The account of the same handle at the successor, and where somebody says there that this one is theirs. */
export function moveThere(
	context: Pick<BranchContext, 'current' | 'origin'>,
	{ handle }: Pick<Person, 'handle'>,
): (SuccessorView & { readonly address: string; readonly claim: string }) | null {
	const successor = successorView(context);
	if (!successor) return null;
	const own = `@${handle}@${new URL(context.origin).host}`;
	return {
		...successor,
		address: `@${handle}@${new URL(successor.origin).host}`,
		claim: `${successor.origin}/you/move?from=${encodeURIComponent(own)}`,
	};
}

/** An address that a page of a branch gave along which goes on here; an empty string for every other. */
export function comingFrom({ current }: Now, address: string): string {
	const own = current.branch().id;
	const before = current.branches().filter(({ successor }) => successor?.id === own);
	return before.some(({ origin }) => address.endsWith(`@${new URL(origin).host}`)) ? address : '';
}

/** The words beside the successor's link on the page of an error: what is gone, or closed to newcomers, goes on there. */
export function onwardWords({ status, code }: PublicError): 'gone' | 'newcomers' | null {
	if (status === 410) return 'gone';
	return code === 'no_newcomers' ? 'newcomers' : null;
}
