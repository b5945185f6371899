import { inDegrees, type Location, locationWritten } from '@understory/core/location.ts';
import type { Address } from '@understory/core/register.ts';
import type { BranchRow } from '../../store/rows.ts';

/** What was sent by a form. */
export type Form = Readonly<Record<string, unknown>>;

/** What stands in the fields that say where a branch is, by their names. */
export interface TypedPlace extends Address {
	readonly phone: string;
	readonly north: string;
	readonly east: string;
}

/** One field without the blanks around it; empty when it was not sent, or more than once. */
export function textOf(form: Form, name: string): string {
	const value = form[name];
	return typeof value === 'string' ? value.trim() : '';
}

/** What somebody typed of a place. */
export function placeTyped(form: Form): TypedPlace {
	const text = (name: string) => textOf(form, name);
	return {
		...{ street: text('street'), city: text('city'), region: text('region'), postcode: text('postcode') },
		...{ phone: text('phone'), north: text('north'), east: text('east') },
	};
}

/** The place of a branch as its form shows it. */
export function placeOf({
	address,
	phone,
	location,
}: Pick<BranchRow, 'address' | 'phone' | 'location'>): TypedPlace {
	const degrees = location && inDegrees(location);
	return {
		...address,
		phone: phone ?? '',
		north: degrees ? String(degrees.latitude) : '',
		east: degrees ? String(degrees.longitude) : '',
	};
}

/** A place as the API takes it; what is on no globe stays what it is, for the check of its schema to say so. */
export function asSent({ phone, north, east, ...address }: TypedPlace): {
	address: Address;
	phone: string | null;
	location: Location | null;
} {
	const location = locationWritten(north, east);
	const nowhere = { north, east } as unknown as Location;
	return { address, phone: phone || null, location: location === undefined ? nowhere : location };
}
