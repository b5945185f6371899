import { NotAllowed } from '@understory/core/errors.ts';
import { refusalOf, type Scope } from './permissions.ts';

/** What an operation is about: a branch of a library, a library, or the platform. */
interface About {
	readonly library: string | null;
	readonly branch: string | null;
}

/** Why somebody may not begin an operation about that, and so may not cancel one either; null when they may. Whether it is within their reach is asked where it is looked up. */
export function refusalToBegin(scope: Scope, { library, branch }: About): string | null {
	const permission = library === null ? 'keep_platform' : 'keep_library';
	return refusalOf(scope, { permission, ofBranch: branch !== null });
}

/** Throws `NotAllowed` for whoever may not begin it. */
export function requireBeginner(scope: Scope, about: About): void {
	const refusal = refusalToBegin(scope, about);
	if (refusal) throw new NotAllowed(refusal);
}
