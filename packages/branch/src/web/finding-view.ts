import { findingOn } from '../services/hosting/auditing.ts';
import type { Web } from './web.ts';

/** What an auditor found of a decision, as the person it is about and the hosts read it. */
export interface FindingView {
	readonly agrees: boolean;
	readonly reason: string;
	/** UTC milliseconds, at noon of the day. */
	readonly on: number;
	/** Its page on the accountability site. */
	readonly href: string;
}

/** Null while no auditor has read it. */
export function findingView({ context }: Web, decision: string): FindingView | null {
	const finding = context.store.read((reading) => findingOn(reading, decision));
	return (
		finding && {
			agrees: finding.agrees,
			reason: finding.reason,
			on: Date.parse(`${finding.on}T12:00:00Z`),
			href: `${context.current.library().accountability_origin}/statements/${finding.id}`,
		}
	);
}
