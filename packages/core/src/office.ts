import type { Contact } from './contact.ts';

/** A public body whose members have offices: how many they are, and how many of them can decide. As the register carries it. */
export interface BodyRecord {
	/** As contacts name it: City Council. */
	readonly name: string;
	readonly members: number;
	/** Missing is a majority. */
	readonly quorum?: number;
}

/** An office of a body, from the contacts of the library. */
export interface Office {
	readonly body: string;
	readonly role: string;
	readonly holder: string | null;
	readonly division: string | null;
}

/** Somebody of a body who takes part in a conversation, by whatever account. */
export interface TakingPart {
	readonly body: string;
	/** Whose seat it is: an official and a personal account of one member are one member. */
	readonly seat: string;
}

/** A body of which a quorum takes part. */
export interface QuorumOf {
	readonly body: string;
	readonly members: number;
	/** How many have to take part for it. */
	readonly quorum: number;
	/** Is that a majority, and no number of the body's own? */
	readonly majority: boolean;
}

/** Most members of a body, and bodies of a library. */
export const MOST_MEMBERS = 500;
export const MOST_BODIES = 50;

/** More than half. */
export function majorityOf(members: number): number {
	return Math.floor(members / 2) + 1;
}

/** The office that a contact is of; null for a library, a branch, and whoever belongs to no body. */
export function officeOf(contact: Contact): Office | null {
	const { body, role, name, division } = contact;
	return body ? { body, role, holder: name, division: division ?? null } : null;
}

/** What a seat is called in forms and rows: the same for every account of its holder. */
export function seatOf({ body, role, holder, division }: Office): string {
	return [body, role, holder ?? '', division ?? ''].join(' | ');
}

/** The contact of an office whose term is not over on a day (YYYY-MM-DD); undefined when there is none, or another person holds it. */
export function holderOf(contacts: readonly Contact[], office: Office, today: string): Contact | undefined {
	return contacts.find((contact) => {
		const other = officeOf(contact);
		const over = contact.term_end != null && contact.term_end < today;
		return other !== null && !over && seatOf(other) === seatOf(office);
	});
}

/** Every body that contacts name; one of which the library said nothing more has as many members as it has contacts. */
export function bodiesOf(contacts: readonly Contact[], told: readonly BodyRecord[] = []): BodyRecord[] {
	const named = new Map<string, Set<string>>();
	for (const contact of contacts) {
		const office = officeOf(contact);
		if (office) named.set(office.body, (named.get(office.body) ?? new Set()).add(seatOf(office)));
	}
	const known = new Map(told.map((body) => [body.name, body]));
	return [...named].map(([name, seats]) => known.get(name) ?? { name, members: seats.size });
}

/**
 * The bodies of which a quorum takes part in a conversation: what open meetings laws of most states look at. A body of one is none, since nobody meets alone. Whoever asks
 * passes those alone whom the reader may know to take part.
 */
export function quorumsAmong(bodies: readonly BodyRecord[], taking: readonly TakingPart[]): QuorumOf[] {
	return bodies.flatMap(({ name, members, quorum }) => {
		const needed = quorum ?? majorityOf(members);
		const seats = new Set(taking.filter(({ body }) => body === name).map(({ seat }) => seat));
		const found = { body: name, members, quorum: needed, majority: needed === majorityOf(members) };
		return members > 1 && seats.size > 1 && seats.size >= needed ? [found] : [];
	});
}

/** What is wrong with bodies as somebody wrote them, as the place in the list and why. */
export function faultsOfBodies(
	bodies: readonly BodyRecord[],
): { readonly at: number; readonly text: string }[] {
	const names = bodies.map(({ name }) => name);
	return bodies.flatMap(({ name, members, quorum }, at) => {
		const whole = Number.isInteger(members) && members >= 1 && members <= MOST_MEMBERS;
		const fits = quorum === undefined || (Number.isInteger(quorum) && quorum >= 1 && quorum <= members);
		const named = name.trim() !== '' && names.indexOf(name) === at;
		return whole && fits && named
			? []
			: [
					{
						at,
						text: `Write each body once, 1 to ${MOST_MEMBERS} members, and a quorum of no more than they are.`,
					},
				];
	});
}
