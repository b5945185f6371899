import type { PublicError } from '@understory/core/errors.ts';
import type { BranchRecord } from '@understory/core/register.ts';
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

/** Where somebody says at the successor that the account here is theirs. */
export function moveThere(
	context: Pick<BranchContext, 'current' | 'origin'>,
	person: Pick<Person, 'handle'>,
): (SuccessorView & { readonly claim: string }) | null {
	const successor = successorView(context);
	return successor && { ...successor, claim: `${successor.origin}/you/move?from=${inLink(context, person)}` };
}

/** Where somebody goes on who said here that an account of a branch before this one is theirs; null for every other account. */
export function finishThere(
	context: Pick<BranchContext, 'current' | 'origin'>,
	person: Pick<Person, 'handle'>,
	account: string,
): string | null {
	const before = branchesBefore(context).find(({ origin }) => isAt(account, origin));
	return before ? `${before.origin}/you/move?to=${inLink(context, person)}` : null;
}

/** An address that a page of a branch gave along which goes on here; an empty string for every other. */
export function comingFrom(context: Now, address: string): string {
	return branchesBefore(context).some(({ origin }) => isAt(address, origin)) ? address : '';
}

/**
 * An address that a page of the successor gave along; an empty string for every other. Nothing is filled in before: whoever came there first
 * may have the same handle.
 */
export function goingTo(context: Now, address: string): string {
	const successor = successorView(context);
	return successor && isAt(address, successor.origin) ? address : '';
}

function branchesBefore({ current }: Now): BranchRecord[] {
	const own = current.branch().id;
	return current.branches().filter(({ successor }) => successor?.id === own);
}

function isAt(address: string, origin: string): boolean {
	return address.endsWith(`@${new URL(origin).host}`);
}

function inLink({ origin }: Pick<BranchContext, 'origin'>, { handle }: Pick<Person, 'handle'>): string {
	return encodeURIComponent(`@${handle}@${new URL(origin).host}`);
}

/** The words beside the successor's link on the page of an error: what is gone, or closed to newcomers, goes on there. */
export function onwardWords({ status, code }: PublicError): 'gone' | 'newcomers' | null {
	if (status === 410) return 'gone';
	return code === 'no_newcomers' ? 'newcomers' : null;
}
