import type { Scope } from '../access/permissions.ts';
import type { Context } from '../context.ts';
import { librariesById } from '../store/libraries.ts';

/** Names of the libraries that rows are about, by id. */
export async function librariesOf(
	{ database }: Context,
	rows: readonly Pick<Scope, 'library'>[],
): Promise<ReadonlyMap<string, string>> {
	const ids = new Set(rows.flatMap(({ library }) => library ?? []));
	return new Map((await librariesById(database, [...ids])).map(({ id, name }) => [id, name]));
}

/** A role and its place, as a page says them. */
export function placed(
	{ role, library, branches }: { role: string; library: string | null; branches: readonly string[] | null },
	libraries: ReadonlyMap<string, string>,
): { role: string; where: string | null } {
	const name = library === null ? null : (libraries.get(library) ?? library);
	const where = [name, branches?.join(', ')].filter(Boolean).join(': ');
	return { role: `access.role.${role}`, where: where || null };
}

/** Short names of branches as somebody types them, with commas or spaces between; null for none. */
export function branchesIn(text: string | undefined): string[] | null {
	const slugs = (text ?? '').split(/[\s,]+/).filter(Boolean);
	return slugs.length > 0 ? slugs : null;
}
