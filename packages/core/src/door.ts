/** Whom to knock on: every branch has a door with a name on it (DESIGN section 2). */
export interface Door {
	/** As people at the branch call them. */
	readonly host: string;
	/** Where they are found: a desk, a room. */
	readonly place: string;
	readonly hours: readonly Hours[];
	readonly deputy: string;
	readonly phone: string | null;
	/** The last day for which that is settled, `YYYY-MM-DD` on the library's wall; missing or null: no end is known. */
	readonly until?: string | null;
}

/** One stretch of a week, in the library's own zone. Minutes after midnight; `to` is after `from`. */
export interface Hours {
	/** 0 is Sunday. */
	readonly weekday: 0 | 1 | 2 | 3 | 4 | 5 | 6;
	readonly from: number;
	readonly to: number;
}

/** Is somebody at the door, by its own rota? `weekday` and `minute` are in the library's zone. */
export function isStaffed(door: Door, weekday: number, minute: number): boolean {
	return door.hours.some((hours) => hours.weekday === weekday && hours.from <= minute && minute < hours.to);
}

/** What is still missing before a branch may open (DESIGN 4.11); empty when nothing is. */
export function missingToOpen(plan: {
	door: Partial<Door> | null;
	rulesAdopted: boolean;
	appealPartner: string | null;
}): ('host' | 'place' | 'hours' | 'deputy' | 'rules' | 'appeal_partner')[] {
	const missing: ('host' | 'place' | 'hours' | 'deputy' | 'rules' | 'appeal_partner')[] = [];
	if (!plan.door?.host?.trim()) missing.push('host');
	if (!plan.door?.place?.trim()) missing.push('place');
	if (!plan.door?.hours?.some((hours) => hours.to > hours.from)) missing.push('hours');
	if (!plan.door?.deputy?.trim()) missing.push('deputy');
	if (!plan.rulesAdopted) missing.push('rules');
	if (!plan.appealPartner?.trim()) missing.push('appeal_partner');
	return missing;
}
