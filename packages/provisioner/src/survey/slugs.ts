import { isLabel, toLabel } from '@understory/core/slug.ts';
import type { Outlet, System } from './outlet.ts';

/**
 * A host label for an outlet inside its library: its name; if that is taken, name and city; if that is taken too, name and
 * sequence number, which is unique by the survey's own key. Names are forever, so `taken` holds the labels already given.
 */
export function branchLabel(outlet: Outlet, taken: { has(label: string): boolean }): string {
	const name = toLabel(outlet.name) ?? 'branch';
	const city = toLabel(outlet.address.city);
	const tries = [
		toLabel(outlet.name),
		city ? `${name}-${city}`.slice(0, 50).replace(/-+$/, '') : null,
		`${name.slice(0, 40).replace(/-+$/, '')}-${outlet.sequence}`,
		`${outlet.system.toLowerCase()}-${outlet.sequence}`,
	];
	return tries.find((label) => label !== null && isLabel(label) && !taken.has(label))!;
}

/** A host label for a library: its name without the words every library has, then with its state, then its key. */
export function libraryLabel(
	system: Pick<System, 'name' | 'region' | 'system'>,
	taken: { has(label: string): boolean },
): string {
	const key = system.system.toLowerCase();
	const telling = toLabel(system.name.replace(/\b(?:county|city|district|system|town|township|of)\b/gi, ' '));
	const name = telling === null || telling === 'library' ? toLabel(system.name) : telling;
	const tries = name ? [name, `${name}-${system.region.toLowerCase()}`, `${name.slice(0, 40)}-${key}`] : [];
	return [...tries, key].find((label) => isLabel(label) && !taken.has(label))!;
}
