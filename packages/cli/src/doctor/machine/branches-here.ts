import { join } from 'node:path';
import type { DesiredBranch } from '@understory/core/desired.ts';
import { namesIn, textOf } from './read-place.ts';

/** A branch that a home of this computer serves, as the provisioner told it. */
export interface BranchHere {
	readonly home: string;
	readonly desired: DesiredBranch;
}

/** Every branch below a folder of homes but those that were destroyed. One whose document cannot be read is left out: its home says so. */
export function branchesHere(homes: string): BranchHere[] {
	return namesIn(homes).flatMap((home) => {
		const ended = new Set(namesIn(join(homes, home, 'ended')));
		return namesIn(join(homes, home, 'desired'))
			.filter((name) => name.endsWith('.json'))
			.flatMap((name) => {
				const desired = parsed(textOf(join(homes, home, 'desired', name)));
				return desired && !ended.has(desired.branch.id) ? [{ home, desired }] : [];
			});
	});
}

function parsed(text: string | null): DesiredBranch | null {
	try {
		const read = JSON.parse(text ?? 'null') as DesiredBranch | null;
		const origins = [read?.branch?.origin, read?.library?.card_origin, read?.library?.accountability_origin];
		return origins.every((origin) => origin !== undefined && URL.canParse(origin)) ? read : null;
	} catch {
		return null;
	}
}
