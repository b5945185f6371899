import { BadInput } from '@understory/core/errors.ts';

const PRICES = [
	'memory_gb_month',
	'cpu_month',
	'disk_gb_month',
	'backup_gb_month',
	'host_hour',
	'it_hour',
] as const;

/** What things cost: a GB of memory, a processor, a GB of disk and of backup for a month, an hour of people; in `currency`. */
export type Tariff = Readonly<Record<(typeof PRICES)[number], number>> & {
	/** Whose prices these are, and from when. */
	readonly name: string;
	readonly currency: string;
};

/** Reads a tariff. Throws `BadInput` with a fault for each field that is missing, unknown or no price. */
export function parseTariff(text: string): Tariff {
	let given: unknown;
	try {
		given = JSON.parse(text);
	} catch {
		// Whoever wrote it hears the same of a text that is no JSON as of JSON that is no object.
		given = null;
	}
	if (typeof given !== 'object' || given === null || Array.isArray(given))
		throw new BadInput('The tariff is no JSON object.');
	const tariff = given as Record<string, unknown>;
	const faults: { field: string; text: string }[] = [];
	const hold = (field: string, right: boolean, text: string) => {
		if (!right) faults.push({ field, text });
	};
	hold('name', typeof tariff.name === 'string' && tariff.name.trim() !== '', 'Say whose prices these are.');
	hold(
		'currency',
		typeof tariff.currency === 'string' && /^[A-Z]{3}$/.test(tariff.currency),
		'Three capital letters, such as USD.',
	);
	for (const price of PRICES)
		hold(
			price,
			typeof tariff[price] === 'number' && Number.isFinite(tariff[price]) && tariff[price] >= 0,
			'A number from 0 on.',
		);
	for (const field of Object.keys(tariff))
		hold(field, ['name', 'currency', ...PRICES].includes(field), 'A tariff has no such field.');
	if (faults.length > 0) throw new BadInput('The tariff cannot be used.', faults);
	return tariff as unknown as Tariff;
}
